"""The code of a board's cards in memory, as messages of GitHub tell it one after the other.

What decides is what decides in `learning`: the same functions say which of two facts counts, which cards a text names
and which links follow. Only what the rules of a board look at is kept.
"""

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from uuid import UUID, uuid5

from taskly.cards.key_repository import CardKey
from taskly.github.facts.facts_repository import FoundCard
from taskly.github.learning.naming import Naming, key_of, resolve
from taskly.github.rules.commits import OwnCommits, PushedCommits, as_described, as_pushed
from taskly.github.rules.facts import Branch, Commit, PullRequest, Push, Told, later_branch, settle
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
    commits: dict[PullKey, Mapping[str, Commit]] = field(default_factory=dict)
    listed: dict[PullKey, list[Commit]] = field(default_factory=dict)
    """The commits that pull requests have now. They stand for the answer wherever GitHub was asked."""
    pushed: dict[BranchKey, dict[str, Commit]] = field(default_factory=dict)
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
        if told.pushed is not None:
            yield from self.naming.in_commits(commit.message for commit in told.pushed.commits)
        for pull in told.pull_requests:
            yield from map(key_of, self.naming.in_pull_request(pull, ()))

    def named_before(self, keys: Set[PullKey]) -> Iterator[CardKey]:
        """The cards that are named by some of the pull requests, as they were when it began or in commits of now."""
        for key in keys:
            yield from self.naming.in_commits(each.message for each in self.listed.get(key, ()))
            if key in self.pulls:
                yield from map(key_of, self.naming.in_pull_request(self.pulls[key], ()))

    def know_commit(self, key: PullKey, commit: Commit, *, is_old: bool) -> None:
        """Begin with a commit that a pull request has now; if it is old, it had it from the beginning."""
        self.listed.setdefault(key, []).append(commit)
        if is_old:
            self.commits[key] = {**self.commits.get(key, {}), commit.sha: commit}

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
        keys_named = (*self.named_in(told), *self.naming.in_commits(self._texts(source, keys)))
        named = {self.cards[key].id for key in keys_named if key in self.cards}
        for branch in told.branches:
            cards |= self.branches.get((source.id, branch.name), {}).keys()
        before = {card_id: self._code_of(card_id) for card_id in cards | named}
        self._take_in(source, told)
        for key in self._concerned(source, told):
            self._relink(key, told)
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
        if told.pushed is not None:
            numbers |= self._from_head.get((source.id, told.pushed.branch), set())
        for number in sorted(numbers):
            yield (source.id, number)

    def _take_in(self, source: Source, told: Told) -> None:
        if told.pushed is not None:
            self._push(source, told.pushed)
        for pull in told.pull_requests:
            awaited = (source.id, pull.number) in self.pulls
            self._settle(source, pull, opening=told.opening)
            self._compare(source, pull.number, awaited=awaited)
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

    def _push(self, source: Source, push: Push) -> None:
        branch = (source.id, push.branch)
        there = self.pushed.setdefault(branch, {})
        there |= {commit.sha: commit for commit in push.commits}
        for number in self._from_head.get(branch, ()):
            key = (source.id, number)
            if not (pull := self.pulls[key]).is_over:
                self._own(key, as_pushed(pull, self.commits.get(key, {}), push))

    def _compare(self, source: Source, number: int, *, awaited: bool) -> None:
        key = (source.id, number)
        pull, own = self.pulls[key], self.commits.get(key, {})
        branch = (source.id, pull.head)
        shared = not self._from_head.get(branch, set()) <= {number}
        pushed = PushedCommits(self.pushed.get(branch, {}), shared)
        is_awaited = awaited and pull.head_fork is None and not pull.is_over
        self._own(key, as_described(pull, own, pushed, awaited=is_awaited))

    def _own(self, key: PullKey, found: OwnCommits) -> None:
        self.commits[key] = found.commits
        if found.doubtful and key in self.listed:
            by_then = self.pulls[key].as_of
            listed = [each for each in self.listed[key] if each.committed_at <= by_then]
            self.commits[key] = {commit.sha: commit for commit in listed}

    def _texts(self, source: Source, keys: Iterable[PullKey]) -> Iterator[str]:
        """The messages of all commits that some pull requests may turn out to have."""
        for key in keys:
            own = {
                **self.commits.get(key, {}),
                **{each.sha: each for each in self.listed.get(key, ())},
            }
            if key in self.pulls:
                own |= self.pushed.get((source.id, self.pulls[key].head), {})
            yield from (commit.message for commit in own.values())

    def _put_branch(self, source: Source, card_id: UUID, branch: Branch) -> None:
        key = (source.id, branch.name)
        there = self.branches.setdefault(key, {})
        there[card_id] = later_branch(there.get(card_id), branch)
        self._branches_of.setdefault(card_id, set()).add(key)
        newest = max(
            self.pushed.get(key, {}).values(), key=lambda each: each.committed_at, default=None
        )
        self.names[_id_of(key)] = Named(
            source.full_name,
            branch_url(self.web_url, source.full_name, branch.name),
            branch=branch.name,
            commit=None if newest is None else newest.sha,
        )

    def _relink(self, key: PullKey, told: Told) -> None:
        pull = self.pulls.get(key)
        is_pushed = pull is not None and told.pushed is not None and pull.head == told.pushed.branch
        is_told = any(each.number == key[1] for each in told.pull_requests)
        if pull is None or not (is_told or is_pushed):
            return
        messages = [commit.message for commit in self.commits.get(key, {}).values()]
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
