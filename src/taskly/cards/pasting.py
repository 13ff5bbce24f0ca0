"""Making many cards at once, of the lines of a text."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from taskly.boards.models import BoardAccess
from taskly.cards import placing, repository
from taskly.cards.events import CardCreated
from taskly.cards.lines import Line, titles_in
from taskly.cards.models import Card, CardAccess, Hanging, Priority
from taskly.cards.place_repository import Spot
from taskly.cards.recording import full_state
from taskly.cards.rules import Progress
from taskly.cards.schemas import CardResponse, PasteCards, PastedCards
from taskly.kit.ids import new_id
from taskly.kit.ranks import MAXIMUM_RANK_LENGTH, ranks_between
from taskly.platform.db.session import Transaction
from taskly.platform.http.problems import Invalid

MOST_LINES = 500
LONGEST_TITLE = 255
NOTHING = Hanging([], [], [])


async def paste_cards(tx: Transaction, board: BoardAccess, wanted: PasteCards) -> PastedCards:
    """Make a card of each line, in their order: all of them or none.

    Raises:
        Invalid: there are no lines or too many, or one is too long for a title.
        NotOnBoard: the board has no such column.
        AnchorGone: the neighbour is not in the column.
        ColumnFull: the column's strict limit is less than these make.
    """
    titles = _checked(titles_in(wanted.lines))
    spot = await placing.find_spot(tx, board, wanted.column_id, wanted)
    over_limit = await placing.require_room_in(
        tx, board, spot.required_column_id, coming=len(titles)
    )
    ranks = ranks_between(spot.low, spot.high, len(titles))
    if max(map(len, ranks)) > MAXIMUM_RANK_LENGTH:
        await placing.respace(tx, board, spot)
        return await paste_cards(tx, board, wanted)
    numbers = await repository.take_card_numbers(tx.session, board.id, len(titles))
    cards = [
        _card(tx, board, spot, title=title, rank=rank, number=number)
        for title, rank, number in zip(titles, ranks, numbers, strict=True)
    ]
    await add_cards(tx, cards, {})
    made = [CardResponse.of(CardAccess(card, board), NOTHING) for card in cards]
    return PastedCards(cards=made, over_limit=over_limit)


async def add_cards(
    tx: Transaction,
    cards: Sequence[Card],
    hanging: Mapping[UUID, Hanging],
    *,
    reason: Mapping[str, Any] | None = None,
) -> None:
    """Store new cards of one locked board and record them, each with the version that it makes.

    What hangs on them, by their ids, is recorded here and stored by the caller. `reason` says where they
    come from.
    """
    for card in cards:
        card.version = tx.log.version(card.board_id) + 1
        after = full_state(card, hanging.get(card.id, NOTHING))
        change = CardCreated(id=card.id, card_id=card.id, before=None, after=after, reason=reason)
        tx.record(card.board_id, change)
    tx.session.add_all(cards)
    await tx.session.flush()


def _checked(lines: Sequence[Line]) -> list[str]:
    if not lines:
        raise Invalid("body.lines: there is no line with words in it.")
    if len(lines) > MOST_LINES:
        raise Invalid(f"body.lines: {len(lines)} cards are too many; paste {MOST_LINES} at a time.")
    errors = [
        {
            "loc": ["body", "lines", line.number],
            "msg": f"Line {line.number} has {len(line.title)} characters; a title has {LONGEST_TITLE} at most.",
            "type": "string_too_long",
        }
        for line in lines
        if len(line.title) > LONGEST_TITLE
    ]
    if errors:
        raise Invalid(f"body.lines: {errors[0]['msg']}", errors=errors)
    return [line.title for line in lines]


def _card(
    tx: Transaction, board: BoardAccess, spot: Spot, *, title: str, rank: str, number: int
) -> Card:
    progress = Progress(None, None).entering(spot.required_category, tx.now)
    return Card(
        id=new_id(),
        workspace_id=board.workspace_id,
        board_id=board.id,
        number=number,
        column_id=spot.required_column_id,
        rank=rank,
        title=title,
        description="",
        acceptance_criteria="",
        priority=Priority.NONE,
        checklist=[],
        attachments=[],
        comment_count=0,
        started_at=progress.started_at,
        completed_at=progress.completed_at,
        created_at=tx.now,
        updated_at=tx.now,
    )
