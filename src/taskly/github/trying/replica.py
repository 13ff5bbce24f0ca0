"""The code of a board's cards in memory, as messages of GitHub tell it one after the other.

What decides is what decides in `learning`: the same functions say which of two facts counts, which cards a text names
and which links follow. Only what the rules of a board look at is kept.
"""

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from uuid import UUID, uuid5

from taskly.cards.key_repository import CardKey
from taskly.github.facts.facts_repository import MOST_MESSAGES, FoundCard
from taskly.github.learning.naming import Naming, key_of, resolve
from taskly.github.rules.facts import Branch, Commit, PullRequest, Told, later_branch, settle
from taskly.github.rules.linking import Link, compare_links, wanted_links
from taskly.github.rules.reasons import Named
from taskly.github.rules.reviews import Review, decide, last_word
from taskly.github.rules.standing import CardCode, LinkedPullRequest
from taskly.github.urls import branch_url

PullKey = tuple[UUID, int]
"""A repository, by its id, and the number of a pull request."""
BranchKey = tuple[UUID, str]


@dataclass(frozen=True, slots=True)
class Source:
    """The repository of which something is told."""

    id: UUID
    full_name: str


@dataclass(frozen=True, slots=True)
class CodeChange:
    """What a message changed of a card's code."""

    card_id: UUID
    before: CardCode
    after: CardCode
    names: Mapping[UUID, Named]
    """What the parts of the code are called."""


@dataclass
class Replica:
    """The code of a board's cards, so far as it was told."""

    naming: Naming
    web_url: str
    cards: dict[CardKey, FoundCard] = field(default_factory=dict)
    """The cards of the board that were named so far."""
    pulls: dict[PullKey, PullRequest] = field(default_factory=dict)
    reviews: dict[PullKey, dict[int, Review]] = field(default_factory=dict)
    commits: dict[BranchKey, dict[str, Commit]] = field(default_factory=dict)
    links: dict[PullKey, dict[UUID, Link]] = field(default_factory=dict)
    """By card."""
    removed: dict[PullKey, frozenset[UUID]] = field(default_factory=dict)
    """The cards from which people took a pull request away."""
    branches: dict[BranchKey, dict[UUID, Branch]] = field(default_factory=dict)
    """By card."""
    names: dict[UUID, Named] = field(default_factory=dict)
    _from_head: dict[BranchKey, set[int]] = field(default_factory=dict)
    """The pull requests that are or were from a branch."""
    _pulls_of: dict[UUID, set[PullKey]] = field(default_factory=dict)
    _branches_of: dict[UUID, set[BranchKey]] = field(default_factory=dict)

    def named_in(self, told: Told) -> Iterator[CardKey]:
        """The cards that a message names, on whatever board."""
        for branch in told.branches:
            yield from self.naming.in_branch(branch.name)
        yield from self.naming.in_commits(commit.message for commit in told.commits)
        for pull in told.pull_requests:
            yield from map(key_of, self.naming.in_pull_request(pull, ()))

    def named_before(self, keys: Set[PullKey]) -> Iterator[CardKey]:
        """The cards that are named by some of the pull requests with which it began."""
        for key in keys & self.pulls.keys():
            pull = self.pulls[key]
            texts = [each.message for each in self._newest_commits((key[0], pull.head))]
            yield from map(key_of, self.naming.in_pull_request(pull, texts))

    def know_commit(self, source: Source, commit: Commit) -> None:
        """Begin with a commit of a branch."""
        self.commits.setdefault((source.id, commit.branch), {})[commit.sha] = commit

    def know(self, source: Source, pull: PullRequest) -> None:
        """Begin with a pull request that was there before anything is told."""
        self._settle(source, pull)

    def know_links(self, source: Source, number: int, links: Mapping[UUID, Link]) -> None:
        """Begin with links of a pull request, which may still have to be told of."""
        self._link((source.id, number), links)

    def know_branch(self, source: Source, card_id: UUID, branch: Branch) -> None:
        """Begin with a branch of a card."""
        self._put_branch(source, card_id, branch)

    def tell(self, source: Source, told: Told) -> list[CodeChange]:
        """Take in a message; what it changes of cards' code."""
        keys = list(self._concerned(source, told))
        cards = {card_id for key in keys for card_id in self.links.get(key, ())}
        heads = {(source.id, pull.head) for pull in told.pull_requests}
        texts = [each.message for head in heads for each in self._newest_commits(head)]
        keys_named = (*self.named_in(told), *self.naming.in_commits(texts))
        named = {self.cards[key].id for key in keys_named if key in self.cards}
        for branch in told.branches:
            cards |= self.branches.get((source.id, branch.name), {}).keys()
        before = {card_id: self._code_of(card_id) for card_id in cards | named}
        self._take_in(source, told)
        for key in self._concerned(source, told):
            self._relink(source, key, told)
        now = {card_id for key in keys for card_id in self.links.get(key, ())}
        return [
            CodeChange(card_id, was, after, self.names)
            for card_id in sorted(before.keys() | now)
            if (was := before.get(card_id, CardCode())) != (after := self._code_of(card_id))
        ]

    def _concerned(self, source: Source, told: Told) -> Iterator[PullKey]:
        """The pull requests of which a message says something: texts, reviews, or commits of their branches."""
        numbers = {pull.number for pull in told.pull_requests}
        numbers |= {review.number for review in told.reviews}
        for head in {commit.branch for commit in told.commits}:
            numbers |= self._from_head.get((source.id, head), set())
        for number in sorted(numbers):
            yield (source.id, number)

    def _take_in(self, source: Source, told: Told) -> None:
        for commit in told.commits:
            self.commits.setdefault((source.id, commit.branch), {}).setdefault(commit.sha, commit)
        for pull in told.pull_requests:
            self._settle(source, pull, opening=told.opening)
        for review in told.reviews:
            known = self.reviews.setdefault((source.id, review.number), {})
            known[review.reviewer_id] = last_word(known.get(review.reviewer_id), review)
        for branch in told.branches:
            there = self.branches.get((source.id, branch.name), {})
            called = self.naming.in_branch(branch.name)
            for card_id in {*there, *(self.cards[key].id for key in called if key in self.cards)}:
                self._put_branch(source, card_id, branch)

    def _settle(self, source: Source, pull: PullRequest, *, opening: bool = False) -> None:
        key = (source.id, pull.number)
        settled = settle(self.pulls.get(key), pull, opening=opening).pull_request
        self.pulls[key] = settled
        self._from_head.setdefault((source.id, settled.head), set()).add(settled.number)
        self.names[_id_of(key)] = Named(
            source.full_name, settled.url, number=settled.number, commit=settled.head_sha or None
        )

    def _put_branch(self, source: Source, card_id: UUID, branch: Branch) -> None:
        key = (source.id, branch.name)
        there = self.branches.setdefault(key, {})
        there[card_id] = later_branch(there.get(card_id), branch)
        self._branches_of.setdefault(card_id, set()).add(key)
        newest = self._newest_commits(key)
        self.names[_id_of(key)] = Named(
            source.full_name,
            branch_url(self.web_url, source.full_name, branch.name),
            branch=branch.name,
            commit=newest[0].sha if newest else None,
        )

    def _relink(self, source: Source, key: PullKey, told: Told) -> None:
        pull = self.pulls.get(key)
        pushed = {commit.branch for commit in told.commits}
        is_told = any(each.number == key[1] for each in told.pull_requests)
        if pull is None or not (is_told or pull.head in pushed):
            return
        messages = [commit.message for commit in self._newest_commits((source.id, pull.head))]
        mentions = resolve(self.naming.in_pull_request(pull, messages), self.cards)
        present, removed = self.links.get(key, {}), self.removed.get(key, frozenset())
        changes = compare_links(present, wanted_links(mentions), removed=removed)
        kept = {card: link for card, link in present.items() if card not in changes.gone}
        self._link(key, {**kept, **changes.added, **changes.changed})

    def _link(self, key: PullKey, links: Mapping[UUID, Link]) -> None:
        for card_id in self.links.get(key, {}).keys() - links.keys():
            self._pulls_of[card_id].discard(key)
        for card_id in links:
            self._pulls_of.setdefault(card_id, set()).add(key)
        self.links[key] = dict(links)

    def _newest_commits(self, key: BranchKey) -> list[Commit]:
        commits = sorted(self.commits.get(key, {}).values(), key=lambda each: each.sha)
        commits.sort(key=lambda each: each.committed_at, reverse=True)
        return commits[:MOST_MESSAGES]

    def _code_of(self, card_id: UUID) -> CardCode:
        branches = self._branches_of.get(card_id, ())
        pulls = [key for key in self._pulls_of.get(card_id, ()) if key in self.pulls]
        return CardCode(
            frozenset(_id_of(key) for key in branches),
            tuple(self._linked(key, self.links[key][card_id]) for key in sorted(pulls)),
        )

    def _linked(self, key: PullKey, link: Link) -> LinkedPullRequest:
        pull = self.pulls[key]
        reviews: Iterable[Review] = self.reviews.get(key, {}).values()
        return LinkedPullRequest(
            id=_id_of(key),
            state=pull.state,
            was_ready=pull.was_ready,
            decision=decide(list(reviews), asked=pull.requested_reviewers),
            closes=link.closes,
            opened_at=pull.opened_at,
            merged_at=pull.merged_at,
            base=pull.base_branch,
        )


def _id_of(key: PullKey | BranchKey) -> UUID:
    """By what the rules tell a branch or a pull request from others."""
    kind = "pull" if isinstance(key[1], int) else "branch"
    return uuid5(key[0], f"{kind}:{key[1]}")
