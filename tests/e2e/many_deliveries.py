"""What GitHub sends about the work on many cards: signed, and in the order in which it happened to each card."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha1
from itertools import cycle
from uuid import uuid4

from taskly.kit.json import dumps
from taskly.kit.signatures import make_signature
from tests.github.payload_examples import example, pull_request, repository
from tests.support.actors import Json

CHECKS = ("build", "lint")
FEWEST = 10
"""So many deliveries tell a story from its first branch to its merge."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One request of a webhook."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def guid(self) -> str:
        """GitHub's id of it."""
        return self.headers["X-GitHub-Delivery"]


@dataclass(frozen=True, slots=True)
class Source:
    """A repository as GitHub knows it, and the webhook to which it is told."""

    github_id: int
    full_name: str
    path: str
    secret: str

    def signed(self, event: str, payload: Json) -> Delivery:
        """A delivery to the webhook."""
        body = dumps(payload)
        headers = {
            "Content-Type": "application/json",
            "X-GitHub-Event": event,
            "X-GitHub-Delivery": str(uuid4()),
            "X-Hub-Signature-256": make_signature(body, self.secret),
        }
        return Delivery(self.path, headers, body)


@dataclass(slots=True)
class CardStory:
    """The work on a card, told second by second: branch, pull request, checks and reviews, merge."""

    source: Source
    key: str
    number: int
    """Of its pull request."""
    now: datetime
    title: str = ""
    sha: str = ""
    opened_at: str = ""

    @property
    def branch(self) -> str:
        """Its branch."""
        return f"feature/{self.key.lower()}"

    def deliveries(self, count: int) -> list[Delivery]:
        """So many deliveries, at least `FEWEST`."""
        self.sha, self.title = sha1(self.key.encode()).hexdigest(), f"{self.key} Work"  # noqa: S324
        begin = [self._ref("create"), self._push(), self._pull_request("opened")]
        middle = self._between()
        work = [next(middle) for _ in range(count - FEWEST)]
        end = [
            self._pull_request("edited", title=f"{self.key} Done"),
            *(self._check_run(name, "success") for name in CHECKS),
            self._status("success"),
            self._review("approved"),
            self._pull_request("closed", state="closed", merged=True),
            self._ref("delete"),
        ]
        return begin + work + end

    def _between(self) -> Iterator[Delivery]:
        conclusions, states = cycle(["failure", None, "success"]), cycle(["pending", "failure"])
        verdicts = cycle(["approved", "commented"])
        for turn in cycle(range(1000)):
            yield self._check_run(CHECKS[turn % 2], next(conclusions))
            yield self._status(next(states))
            yield self._push()
            yield self._review(next(verdicts))
            yield self._pull_request("edited", title=f"{self.key} Work, draft {turn}")

    def _later(self) -> str:
        """The time of the next thing that happens."""
        self.now += timedelta(seconds=1)
        return self.now.strftime("%Y-%m-%dT%H:%M:%SZ")

    def _signed(self, event: str, at: str, **fields: object) -> Delivery:
        name = self.source.full_name.partition("/")[2]
        about = repository(
            id=self.source.github_id, name=name, full_name=self.source.full_name, pushed_at=at
        )
        return self.source.signed(event, example(event, repository=about, **fields))

    def _ref(self, event: str) -> Delivery:
        return self._signed(event, self._later(), ref=self.branch)

    def _push(self) -> Delivery:
        at = self._later()
        commit = {
            "id": sha1(f"{self.key} {at}".encode()).hexdigest(),  # noqa: S324
            "message": f"Work on {self.key}",
            "timestamp": at,
        }
        return self._signed("push", at, ref=f"refs/heads/{self.branch}", commits=[commit])

    def _pull(self, at: str, *, state: str = "open", merged: bool = False) -> Json:
        head = pull_request()["head"] | {"ref": self.branch, "sha": self.sha}
        return pull_request(
            id=self.number,
            number=self.number,
            title=self.title,
            head=head,
            state=state,
            requested_reviewers=[],
            requested_teams=[],
            updated_at=at,
            created_at=self.opened_at,
            merged=merged,
            merged_at=at if merged else None,
            html_url=f"https://github.example/{self.source.full_name}/pull/{self.number}",
        )

    def _pull_request(
        self, action: str, *, title: str | None = None, state: str = "open", merged: bool = False
    ) -> Delivery:
        at = self._later()
        self.opened_at, self.title = self.opened_at or at, title or self.title
        pull = self._pull(at, state=state, merged=merged)
        return self._signed(
            "pull_request", at, action=action, number=self.number, pull_request=pull
        )

    def _review(self, state: str) -> Delivery:
        at = self._later()
        review = example("pull_request_review")["review"] | {"state": state, "submitted_at": at}
        return self._signed("pull_request_review", at, review=review, pull_request=self._pull(at))

    def _check_run(self, name: str, conclusion: str | None) -> Delivery:
        at = self._later()
        ended = conclusion is not None
        run = example("check_run")["check_run"] | {
            "id": self.number * 100_000 + int(self.now.timestamp()) % 100_000,
            "name": name,
            "head_sha": self.sha,
            "status": "completed" if ended else "in_progress",
            "conclusion": conclusion,
            "started_at": at,
            "completed_at": at if ended else None,
        }
        return self._signed(
            "check_run", at, action="completed" if ended else "created", check_run=run
        )

    def _status(self, state: str) -> Delivery:
        at = self._later()
        return self._signed("status", at, sha=self.sha, state=state, updated_at=at)
