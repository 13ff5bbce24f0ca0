"""Histories: what people and machines do in some repositories, and what befalls Taskly meanwhile; drawn at random."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from hypothesis import strategies as st

from taskly.fake_github.driver import FakeGitHub, FakeGitHubError
from taskly.fake_github.wire.words import Conclusion, StatusState, Verdict

Kind = Literal[
    "push",
    "force",
    "open",
    "edit",
    "draft",
    "ready",
    "ask",
    "review",
    "dismiss",
    "check",
    "rerun",
    "status",
    "close",
    "reopen",
    "merge",
    "delete branch",
    "move branch",
    "reset branch",
    "rename",
]
Mishap = Literal["kill", "restart", "down", "errors", "limited", "recover", "compare"]
KINDS: tuple[Kind, ...] = (
    "push",
    "open",
    "review",
    "check",
    "merge",
    "edit",
    "close",
    "reopen",
    "draft",
    "ready",
    "status",
    "rerun",
    "dismiss",
    "ask",
    "delete branch",
    "force",
    "move branch",
    "reset branch",
    "rename",
)
MISHAPS: tuple[Mishap, ...] = (
    "kill",
    "restart",
    "errors",
    "limited",
    "compare",
    "down",
    "recover",
)
"""What befalls Taskly: its worker is killed in the middle of a job; it is started anew; it is down for a while; GitHub
answers 5xx, or 403 because of a limit, for a while; all is well again; it compares itself with GitHub."""
MOST_REPOSITORIES = 5
BRANCHES = ("feature/PAY-1-refund", "fix/pay-2", "PAY-3_PAY-1", "chore/tidy")
MESSAGES = ("Begin", "PAY-2 Refund", "Tidy, see PAY-3")
TITLES = ("Refunds", "PAY-2 Refunds", "[PAY-3] Tidy")
BODIES = ("", "Closes PAY-1", "See PAY-3.", "Fixes PAY-2, PAY-3")
VERDICTS: tuple[Verdict, ...] = ("APPROVE", "REQUEST_CHANGES", "COMMENT")
CONCLUSIONS: tuple[Conclusion | None, ...] = ("success", "failure", None, "neutral", "cancelled")
REVIEWERS = ("rex", "sue")
CHECKS = ("build", "lint")
STATES: tuple[StatusState, ...] = ("success", "failure", "pending", "error")

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happens; numbers choose among what there is."""

    kind: Kind | Mishap
    where: int
    """In which repository, or else in the next one in which it can happen."""
    which: int
    what: int

    def __str__(self) -> str:
        return f"{self.kind} {self.where}.{self.which}.{self.what}"


@dataclass(frozen=True, slots=True)
class History:
    """What happens in so many repositories, on boards that want a card's merges all or any."""

    repositories: int
    merged_needs: Literal["any", "all"]
    steps: Sequence[Step]

    def __str__(self) -> str:
        steps = ", ".join(map(str, self.steps))
        return f"repositories {self.repositories}, merged {self.merged_needs}: {steps}"


def _at_work(where: int, which: int, push: int, pull: int) -> list[Step]:
    return [Step("push", where, which, push), Step("open", where, which, pull)]


NUMBERS = {
    "where": st.integers(0, MOST_REPOSITORIES - 1),
    "which": st.integers(0, 3),
    "what": st.integers(0, 11),
}
work = st.builds(
    _at_work,
    where=NUMBERS["where"],
    which=NUMBERS["which"],
    push=NUMBERS["what"],
    pull=NUMBERS["what"],
)
"""Somebody begins to work: without that there is nothing to review and to merge."""
anything = st.builds(Step, kind=st.sampled_from(KINDS), **NUMBERS).map(lambda step: [step])
mishap = st.builds(Step, kind=st.sampled_from(MISHAPS), **NUMBERS).map(lambda step: [step])
happenings = st.lists(
    st.one_of(work, anything, anything, anything, mishap), min_size=4, max_size=14
).map(lambda drawn: [step for steps in drawn for step in steps])
histories = st.builds(
    History,
    repositories=st.sampled_from([1, 2, 2, 3, MOST_REPOSITORIES]),
    merged_needs=st.sampled_from(["any", "all"]),
    steps=st.builds(lambda begin, then: [*begin, *then], work, happenings),
)


def _chosen(items: Sequence[Item], number: int) -> Item:
    """One of the items; an IndexError if there are none."""
    return items[number % len(items) if items else 0]


@dataclass(slots=True)
class Player:
    """Plays a history at a repository. What GitHub refuses, as a second merge, does not happen."""

    github: FakeGitHub
    repository: str
    renamed: int = 0
    pulls: list[int] = field(default_factory=list)
    checks: list[int] = field(default_factory=list)
    reviews: list[tuple[int, int]] = field(default_factory=list)

    async def play(self, step: Step) -> bool:
        """Do a step; whether anything happened."""
        plays: dict[str, Callable[[Step], Awaitable[object]]] = {
            "push": self._push,
            "force": self._force,
            "open": self._open,
            "review": self._review,
            "dismiss": self._dismiss,
            "check": self._check,
            "rerun": self._rerun,
            "status": self._status,
            "delete branch": self._delete_branch,
            "move branch": self._move_branch,
            "reset branch": self._reset_branch,
            "rename": self._rename,
        }
        try:
            await plays.get(step.kind, self._change)(step)
        except (FakeGitHubError, IndexError):
            return False
        return True

    def _pull(self, step: Step) -> int:
        return _chosen(self.pulls, step.which)

    async def _push(self, step: Step) -> None:
        first, is_one = step.what % len(MESSAGES), step.what < len(MESSAGES)
        messages = MESSAGES[first : first + 1] if is_one else [MESSAGES[first], *MESSAGES[:2]]
        await self.github.push(self.repository, BRANCHES[step.which], messages, actor="ann")

    async def _force(self, step: Step) -> None:
        message = MESSAGES[step.what % len(MESSAGES)]
        await self.github.push(
            self.repository, BRANCHES[step.which], [message], actor="ann", start="main", force=True
        )

    async def _open(self, step: Step) -> None:
        other = BRANCHES[(step.which + 1) % len(BRANCHES)]
        pull = await self.github.open_pull_request(
            self.repository,
            BRANCHES[step.which],
            TITLES[step.what % len(TITLES)],
            base=other if step.what in {5, 11} else "main",
            body=BODIES[step.what % len(BODIES)],
            draft=step.what > 8,
            author="ann",
        )
        self.pulls.append(pull.number)

    async def _review(self, step: Step) -> None:
        number = self._pull(step)
        reviewer = REVIEWERS[step.what % 2]
        verdict = VERDICTS[step.what % 3]
        review = await self.github.review(self.repository, number, reviewer, verdict)
        self.reviews.append((number, review.id))

    async def _dismiss(self, step: Step) -> None:
        number, review_id = _chosen(self.reviews, step.what)
        await self.github.dismiss_review(self.repository, number, review_id, actor="ann")

    async def _check(self, step: Step) -> None:
        run = await self.github.report_check(
            self.repository,
            BRANCHES[step.which],
            CHECKS[step.what % 2],
            conclusion=CONCLUSIONS[step.what % 5],
        )
        self.checks.append(run.id)

    async def _rerun(self, step: Step) -> None:
        run_id = _chosen(self.checks, step.which)
        await self.github.update_check(
            self.repository, run_id, conclusion=CONCLUSIONS[step.what % 5] or "success"
        )

    async def _status(self, step: Step) -> None:
        state = STATES[step.what % 4]
        await self.github.report_status(self.repository, BRANCHES[step.which], state, context="ci")

    async def _delete_branch(self, step: Step) -> None:
        await self.github.delete_branch(self.repository, BRANCHES[step.which], actor="ann")

    async def _move_branch(self, step: Step) -> None:
        """Give a branch another name, as Git does it: a new one, and the old one goes."""
        old, new = BRANCHES[step.which], BRANCHES[step.what % len(BRANCHES)]
        if old == new:
            raise IndexError
        await self.github.create_branch(self.repository, new, start=old, actor="ann")
        await self.github.delete_branch(self.repository, old, actor="ann")

    async def _reset_branch(self, step: Step) -> None:
        """Have a branch point at what another one points at."""
        branch, other = BRANCHES[step.which], BRANCHES[step.what % len(BRANCHES)]
        await self.github.push(self.repository, branch, [], actor="ann", start=other, force=True)

    async def _rename(self, _step: Step) -> None:
        self.renamed += 1
        owner, _, name = self.repository.partition("/")
        name = f"{name.partition('-then-')[0]}-then-{self.renamed}"
        await self.github.rename_repository(self.repository, name)
        self.repository = f"{owner}/{name}"

    async def _change(self, step: Step) -> None:
        number, github = self._pull(step), self.github
        match step.kind:
            case "edit":
                await github.edit_pull_request(
                    self.repository,
                    number,
                    title=TITLES[step.what % 3],
                    body=BODIES[step.what % 4],
                    actor="ann",
                )
            case "draft":
                await github.convert_to_draft(self.repository, number, actor="ann")
            case "ready":
                await github.ready_for_review(self.repository, number, actor="ann")
            case "ask":
                await github.request_review(self.repository, number, ["rex"], actor="ann")
            case "close":
                await github.close_pull_request(self.repository, number, actor="ann")
            case "reopen":
                await github.reopen(self.repository, number, actor="ann")
            case "merge":
                await github.merge(
                    self.repository, number, actor="ann", delete_branch=step.what % 2 == 0
                )
