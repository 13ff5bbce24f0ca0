"""How words and keys are found: conditions for a card, and look-ups along the indexes of full text."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    and_,
    false,
    func,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from taskly.boards.models import Board, FormerBoardKey
from taskly.cards.key_repository import cards_called
from taskly.cards.models import Card, CardComment, FormerCardKey
from taskly.search.conditions_repository import Condition, on_card, there_is
from taskly.search.rules.query import Keyed, Query, Words, asked_for

SIMPLE: ColumnElement[Any] = literal_column("'simple'::regconfig")
"""The configuration of full text: words as they are, of every language."""


WORDS_OF_COMMENT = func.to_tsvector(SIMPLE, func.without_signs(CardComment.body))
"""As the index of comments has it."""


def has_text(leaf: Words | Keyed) -> Condition:
    """Whether a card or a comment on it has the words, or the card has or had the key."""
    if isinstance(leaf, Keyed):
        return _is_called(leaf)
    query = tsquery(leaf)
    in_comment = on_card(CardComment.card_id, _matches(WORDS_OF_COMMENT, query))
    return or_(_matches(Card.search, query), in_comment)


def found_by_any(leaves: Sequence[Words | Keyed], workspace_id: UUID) -> Select[UUID]:
    """The ids of the cards of a workspace that any of the words or keys finds; some of them more than once."""
    found = [ids for leaf in leaves for ids in _found_by(leaf, workspace_id)]
    if len(found) == 1:
        return found[0]
    ids = union_all(*found).subquery()
    return select(ids.c[0])


def _found_by(leaf: Words | Keyed, workspace_id: UUID) -> list[Select[UUID]]:
    """The ids of the cards of a workspace that words or a key find."""
    card = aliased(Card)
    found = select(card.id).where(card.workspace_id == workspace_id)
    if isinstance(leaf, Words):
        query = tsquery(leaf)
        in_comments = select(CardComment.card_id).where(
            CardComment.workspace_id == workspace_id, _matches(WORDS_OF_COMMENT, query)
        )
        return [found.where(_matches(card.search, query)), in_comments]
    called = cards_called(workspace_id, [(leaf.board, leaf.number)]).subquery()
    return [select(called.c[2])]


def _is_called(leaf: Keyed) -> Condition:
    """Whether a card has this key, or had it."""
    return or_(
        and_(Board.key == leaf.board, Card.number == leaf.number),
        on_card(
            FormerCardKey.card_id,
            FormerCardKey.workspace_id == Card.workspace_id,
            FormerCardKey.key == leaf.board,
            FormerCardKey.number == leaf.number,
        ),
        there_is(
            FormerBoardKey.board_id == Card.board_id,
            FormerBoardKey.workspace_id == Card.workspace_id,
            FormerBoardKey.key == leaf.board,
            Card.number == leaf.number,
        ),
    )


def tsquery(words: Words) -> ColumnElement[Any]:
    """The words as full text knows them, one directly after the other.

    `to_tsquery` takes a text in quotes apart as it does the text of cards, and knows beginnings, which
    `phraseto_tsquery` does not. Signs separate words here as they do there.
    """
    plain = func.without_signs(words.text)
    if not words.is_beginning:
        return func.phraseto_tsquery(SIMPLE, plain)
    return func.to_tsquery(SIMPLE, func.concat("'", plain, "':*"))


def sought_words(query: Query) -> ColumnElement[Any] | None:
    """All words that a card may be found by, as one expression; None if there are none."""
    words = [leaf for leaf in asked_for(query) if isinstance(leaf, Words)]
    if not words:
        return None
    together = tsquery(words[0])
    for each in words[1:]:
        together = together.op("||")(tsquery(each))
    return together


def sought_keys(query: Query) -> Condition:
    """Whether the card is one that the query calls by its key."""
    keys = [leaf for leaf in asked_for(query) if isinstance(leaf, Keyed)]
    return or_(false(), *map(_is_called, keys))


def _matches(document: SQLColumnExpression[Any], query: ColumnElement[Any]) -> Condition:
    return document.op("@@", is_comparison=True)(query)
