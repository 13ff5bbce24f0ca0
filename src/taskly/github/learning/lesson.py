"""What GitHub says, held beside what we hold: the working state of `learning`."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from uuid import UUID

from taskly.cards.key_repository import CardKey
from taskly.github.facts.commit_repository import HeldCommit
from taskly.github.facts.descriptions import identity_in
from taskly.github.facts.facts_repository import FoundCard, Selection
from taskly.github.learning.naming import Naming
from taskly.github.models import (
    CardBranch,
    CardPullRequest,
    CheckRun,
    GitRepository,
    PullRequestReview,
    PullRequestRow,
)
from taskly.github.rules.checks import CheckKey, RequiredCheck
from taskly.github.rules.facts import Commit, Identity, PullRequest, Told, later_identity
from taskly.github.rules.text import CardMention
from taskly.platform.db.session import Transaction
from taskly.platform.settings import Settings


@dataclass
class Lesson:
    """One message of GitHub about a repository that the transaction has locked."""

    tx: Transaction
    settings: Settings
    repository: GitRepository
    told: Told
    naming: Naming
    cause: Mapping[str, Any]
    """What to name as the reason of what follows."""
    pulls: dict[int, PullRequestRow] = field(default_factory=dict)
    """By number."""
    settled: dict[int, PullRequest] = field(default_factory=dict)
    """How these pull requests stand from now on."""
    unsure: set[int] = field(default_factory=set)
    """Pull requests about which GitHub has to be asked."""
    doubtful: set[int] = field(default_factory=set)
    """Those that were described, or listed, with other commits than are known: of each such state GitHub is asked once."""
    held_commits: dict[int, dict[str, HeldCommit]] = field(default_factory=dict)
    """The commits that the relinked pull requests had, by the pull request's number and the SHA."""
    commits: dict[int, Mapping[str, Commit]] = field(default_factory=dict)
    """Those that they have from now on."""
    mentions: dict[int, list[CardMention]] = field(default_factory=dict)
    """What the texts of the relinked pull requests name."""
    reviews: dict[tuple[int, int], PullRequestReview] = field(default_factory=dict)
    """By the pull request's number and the reviewer's id."""
    checks: dict[CheckKey, CheckRun] = field(default_factory=dict)
    required: dict[str, tuple[RequiredCheck, ...]] = field(default_factory=dict)
    """The checks that are required, by the branch that is merged into."""
    links: dict[tuple[int, UUID], CardPullRequest] = field(default_factory=dict)
    """By the pull request's number and the card."""
    gone: list[CardPullRequest] = field(default_factory=list)
    """Links that were taken away."""
    branches: dict[tuple[str, UUID], CardBranch] = field(default_factory=dict)
    """By name and card."""
    cards: dict[CardKey, FoundCard] = field(default_factory=dict)
    """The cards that are named anywhere in it."""
    archived: set[UUID] = field(default_factory=set)
    """The cards that no board shows: what changes of their code is told when they are restored."""

    @cached_property
    def chosen(self) -> Selection:
        """The facts that the message speaks of."""
        told = self.told
        shas = {check.head_sha for check in told.checks}
        if told.suspicious_sha is not None:
            shas.add(told.suspicious_sha)
        return Selection(
            numbers=frozenset(
                {pull.number for pull in told.pull_requests}
                | {review.number for review in told.reviews}
            ),
            shas=frozenset(shas),
            pushed=frozenset() if told.pushed is None else frozenset({told.pushed.branch}),
            branches=frozenset(branch.name for branch in told.branches),
            bases=frozenset(base.name for base in told.bases),
            whole=self.new_name is not None,
        )

    @cached_property
    def new_name(self) -> Identity | None:
        """The repository's name, if it has a new one."""
        identity, row = self.identity, self.repository
        if identity is None:
            return None
        return identity if (identity.owner, identity.name) != (row.owner, row.name) else None

    @cached_property
    def identity(self) -> Identity | None:
        """What is news of the repository itself, or confirms it."""
        told = self.told.identity
        is_later = told is not None and later_identity(identity_in(self.repository), told) is told
        return told if is_later else None

    @property
    def relinked(self) -> list[int]:
        """Pull requests whose texts, or whose commits' texts, were told."""
        told, push = {pull.number for pull in self.told.pull_requests}, self.told.pushed
        branch = None if push is None else push.branch
        return [
            number
            for number, pull in self.settled.items()
            if number in told or (pull.head == branch and not pull.is_over)
        ]

    @property
    def boards_of_cards(self) -> dict[UUID, UUID]:
        """The boards of all cards that may be concerned, by card."""
        return {
            **{link.card_id: link.board_id for link in self.links.values()},
            **{branch.card_id: branch.board_id for branch in self.branches.values()},
            **{card.id: card.board_id for card in self.cards.values()},
        }

    def as_of_now(self, pull: PullRequest) -> PullRequest:
        """The same; what GitHub answered when it was asked was so when it was asked."""
        found = pull.mergeability
        if not pull.asked or found is None:
            return pull
        at = max(found.verified_at, self.tx.now)
        return replace(pull, mergeability=replace(found, verified_at=at))

    @property
    def cards_to_follow(self) -> dict[UUID, UUID]:
        """The boards of the cards that may have other code because of it, by card: what checks say alone moves none."""
        told = self.told
        says_more = told.pull_requests or told.reviews or told.branches or told.pushed
        return self.boards_of_cards if says_more or self.new_name else {}

    @property
    def own(self) -> dict[str, UUID]:
        """What makes a new row the repository's."""
        return {
            "workspace_id": self.repository.workspace_id,
            "repository_id": self.repository.id,
        }
