"""Which cards GitHub's texts name, among the cards of one workspace."""

from collections.abc import Iterable
from dataclasses import dataclass

from taskly.cards.key_repository import CardKey
from taskly.github.facts.facts_repository import FoundCard
from taskly.github.rules.card_text import own_words
from taskly.github.rules.facts import PullRequest
from taskly.github.rules.linking import Link, LinkSource, Mention
from taskly.github.rules.text import CardMention, MentionSource, find_card_keys


@dataclass(frozen=True, slots=True)
class Naming:
    """What counts as the name of a card: the keys of the workspace's boards, and our own address."""

    board_keys: tuple[str, ...]
    public_url: str

    def in_branch(self, name: str) -> list[CardKey]:
        """The cards that a branch's name names."""
        return _keys(self._find(name, MentionSource.BRANCH))

    def in_commits(self, messages: Iterable[str]) -> list[CardKey]:
        """The cards that commit messages name."""
        return _keys(
            found for message in messages for found in self._find(message, MentionSource.COMMIT)
        )

    def in_pull_request(self, pull: PullRequest, messages: Iterable[str]) -> list[CardMention]:
        """The cards that a pull request names, in its texts or in those of its commits."""
        return [
            *self._find(pull.head_branch, MentionSource.BRANCH),
            *self._find(pull.title, MentionSource.TITLE),
            *self._find(own_words(pull.body), MentionSource.BODY),
            *(found for message in messages for found in self._find(message, MentionSource.COMMIT)),
        ]

    def _find(self, text: str, source: MentionSource) -> list[CardMention]:
        return find_card_keys(text, self.board_keys, source=source, public_url=self.public_url)


def key_of(mention: CardMention) -> CardKey:
    """The key that a mention consists of."""
    return (mention.board_key, mention.number)


def resolve(mentions: Iterable[CardMention], cards: dict[CardKey, FoundCard]) -> list[Mention]:
    """The mentions of cards that there are."""
    return [
        Mention(cards[key_of(mention)].id, Link(LinkSource(mention.source.value), mention.closes))
        for mention in mentions
        if key_of(mention) in cards
    ]


def _keys(mentions: Iterable[CardMention]) -> list[CardKey]:
    return [key_of(mention) for mention in mentions]
