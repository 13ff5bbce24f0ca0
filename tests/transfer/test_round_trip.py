"""export → import → export is the identity up to ids, whatever was done in the workspace."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from taskly.doctor.repository import INVARIANTS, broken
from tests.support.actors import Actor, Json, expect
from tests.support.folding import as_comparable, differences, fold, read_whole_log
from tests.support.world import World
from tests.transfer.files import by_order, comparable, exported, imported

pytestmark = pytest.mark.anyio

SERVER_FAULT = 500
TITLES = ("Refund", "Zoë 🦊", "0199d2c0-8a4e-7c1e-9b6e-0d6a3b8d1f10", '"quoted" \\ back', "@bob")
STEPS = (
    "create", "create", "create", "edit", "move", "archive", "restore", "delete", "comment", "reword",
    "unsay", "check", "link", "label", "assign", "watch", "block", "plan", "rank", "bulk", "undo",
    "column", "view", "put board away", "take elsewhere", "rename board",
    "start", "complete", "extend", "away", "set", "series", "ahead", "zone",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """Something that somebody does; numbers choose among what is there."""

    kind: str
    by: int
    board: int
    card: int
    other: int
    title: str


steps = st.lists(
    st.builds(
        Step,
        kind=st.sampled_from(STEPS),
        by=st.integers(0, 1),
        board=st.integers(0, 1),
        card=st.integers(0, 99),
        other=st.integers(0, 99),
        title=st.sampled_from(TITLES),
    ),
    min_size=1,
    max_size=25,
)


@dataclass(slots=True)
class Office:
    """A workspace with two boards in which two people do as they are told."""

    people: list[Actor]
    workspace: Json
    boards: list[Json]
    labels: list[str]
    sprints: list[str]
    cards: list[list[str]] = field(default_factory=lambda: [[], []])
    comments: list[tuple[str, str]] = field(default_factory=list)
    operation: str = ""

    async def play(self, step: Step) -> None:
        """Do it; what can't be done is refused, and that is right."""
        if step.kind == "create" or not self.cards[step.board]:
            fields = {
                "title": step.title,
                "description": f"About {step.title}",
                "priority": ["none", "low", "urgent"][step.card % 3],
                "story_points": step.other % 14,
                "checklist": [{"text": step.title}] * (step.card % 3),
            }
            made = await self._do(step, "POST", f"/boards/{self._board(step)}/cards", fields)
            if "id" in made:
                self.cards[step.board].append(made["id"])
            return
        method, path, body = self._request(step)
        answer = await self._do(step, method, path, body)
        if step.kind == "comment" and "id" in answer:
            self.comments.append((answer["card_id"], answer["id"]))

    def _request(self, step: Step) -> tuple[str, str, Any]:
        """What is asked of the API."""
        card = f"/cards/{self._card(step, step.card)}"
        other, person = self._card(step, step.other), self.people[step.other % 2].user_id
        columns = self.boards[step.board]["columns"]
        column = columns[step.other % len(columns)]["id"]
        on, said = self.comments[step.card % len(self.comments)] if self.comments else ("", "none")
        requests: dict[str, tuple[str, str, Any]] = {
            "edit": ("PATCH", card, {"title": step.title, "due_date": "2026-12-24"}),
            "move": ("POST", f"{card}/move", {"column_id": column, "position": step.other % 4}),
            "archive": ("POST", f"{card}/archive", None),
            "restore": ("POST", f"{card}/restore", None),
            "delete": ("DELETE", card, None),
            "comment": ("POST", f"{card}/comments", {"body": f"{step.title} @alice"}),
            "reword": ("PATCH", f"/cards/{on}/comments/{said}", {"body": step.title}),
            "unsay": ("DELETE", f"/cards/{on}/comments/{said}", None),
            "check": ("POST", f"{card}/checklist", {"text": step.title}),
            "link": ("POST", f"{card}/attachments", {"url": "https://example.com/a"}),
            "label": ("PUT", f"{card}/labels/{self.labels[step.board]}", None),
            "assign": ("PUT", f"{card}/assignees/{person}", None),
            "watch": ("PUT", f"{card}/watchers/me", None),
            "block": ("PUT", f"{card}/blockers/{other}", None),
            "plan": ("PATCH", card, {"sprint_id": self.sprints[step.board]}),
            "rank": ("POST", f"{card}/move", {"after": other}),
            "bulk": ("POST", "/cards/bulk-update", self._bulk(step, person)),
            "undo": ("POST", f"/operations/{self.operation}/undo", None),
            "column": (
                "PATCH",
                f"/boards/{self._board(step)}/columns/{column}",
                {"category": "done"},
            ),
            "view": ("POST", f"/workspaces/{self.workspace['id']}/views", self._view(step)),
            "take elsewhere": ("POST", f"{card}/move-to-board", {"board_id": self.boards[0]["id"]}),
            "rename board": ("PATCH", f"/boards/{self._board(step)}", {"key": f"K{step.card}"}),
            "put board away": ("POST", f"/boards/{self._board(step)}/archive", None),
        }
        return requests.get(step.kind) or self._of_sprint(step, person)[step.kind]

    def _of_sprint(self, step: Step, person: UUID) -> dict[str, tuple[str, str, Any]]:
        sprint = f"/sprints/{self.sprints[step.board]}"
        series = f"/boards/{self._board(step)}/sprint-series"
        return {
            "start": ("POST", f"{sprint}/start", None),
            "complete": ("POST", f"{sprint}/complete", {}),
            "extend": ("PATCH", sprint, {"ends_on": f"2026-12-{5 + step.card % 20:02}"}),
            "away": ("PUT", f"{sprint}/days-off/{person}", {"days": step.card % 4 / 2}),
            "set": ("PUT", f"{sprint}/capacities/{person}", {"capacity": step.card % 4 or None}),
            "series": ("PUT", series, {"name": "S{n}", "starts_on": "2026-12-07"}),
            "ahead": ("POST", f"{series}/sprints", {"ahead": 1 + step.card % 3}),
            "zone": ("PATCH", f"/workspaces/{self.workspace['id']}", {"time_zone": "Asia/Tokyo"}),
        }

    def _bulk(self, step: Step, person: Any) -> Json:
        people = {"mode": "add", "assignee_ids": [str(person), str(self.people[0].user_id)]}
        return {"card_ids": self.cards[step.board][-3:], "changes": [people]}

    def _view(self, step: Step) -> Json:
        shared = step.card % 2 == 0
        return {
            "name": step.title,
            "query": "is:open",
            "shared": shared,
            "board_id": self._board(step),
        }

    def _board(self, step: Step) -> str:
        return str(self.boards[step.board]["id"])

    def _card(self, step: Step, number: int) -> str:
        cards = self.cards[step.board]
        return cards[number % len(cards)]

    async def _do(self, step: Step, method: str, path: str, body: Any) -> Json:
        actor = self.people[step.by]
        answer = await actor.request(method, path, **({} if body is None else {"json": body}))
        assert answer.status_code < SERVER_FAULT, answer.text
        self.operation = answer.headers.get("Operation-ID", self.operation)
        return dict(answer.json()) if answer.content else {}


async def open_office(alice: Actor, bob: Actor, guest: Actor) -> Office:
    """The workspace before anything is done; one person has left it again."""
    workspace = await alice.workspace()
    await alice.invite(workspace, bob, "member")
    await alice.invite(workspace, guest, "member")
    boards = [await alice.board(workspace, name=name) for name in ("One", "Two")]
    await guest.card(boards[0], "left behind", assignee_ids=[str(guest.user_id)])
    expect(await guest.delete(f"/workspaces/{workspace['id']}/members/me"), 204)
    label = {"name": "bug", "color": "#d73a4a"}
    sprint = {"name": "Sprint 1", "starts_on": "2026-11-23", "ends_on": "2026-12-04"}
    labels, sprints = [], []
    for board in boards:
        path = f"/boards/{board['id']}"
        labels.append(expect(await alice.post(f"{path}/labels", json=label), 201)["id"])
        sprints.append(expect(await alice.post(f"{path}/sprints", json=sprint), 201)["id"])
    return Office([alice, bob], workspace, boards, labels, sprints)


async def boards_of(actor: Actor, workspace_id: str) -> list[Json]:
    """The snapshots of a workspace's boards."""
    path = f"/workspaces/{workspace_id}/boards"
    listed = expect(await actor.get(path), 200)["items"]
    return [await actor.snapshot(each["id"]) for each in listed]


async def pasts_of(actor: Actor, board: Json) -> list[Json]:
    """A board as it was at some of its versions."""
    versions = range(1, board["version"] + 1, max(1, board["version"] // 4))
    paths = [f"/boards/{board['id']}/history?at={version}" for version in versions]
    return [expect(await actor.get(path), 200) for path in paths]


@pytest.fixture
async def guest(world: World) -> Actor:
    """Somebody who will leave."""
    return await world.person("carol")


@settings(
    max_examples=10,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=steps, unasked=st.booleans())
async def test_a_copy_of_any_workspace_is_the_same_but_for_its_ids(
    world: World, alice: Actor, bob: Actor, guest: Actor, history: list[Step], unasked: bool
) -> None:
    office = await open_office(alice, bob, guest)
    for step in history:
        await office.play(step)
    before = await exported(alice, office.workspace)

    usual = world.runtime.settings
    wanted = usual.model_copy(update={"direct_members": unasked})
    object.__setattr__(world.runtime, "settings", wanted)
    shown = await imported(world, alice, before)
    object.__setattr__(world.runtime, "settings", usual)

    assert shown["state"] == "done", shown
    assert shown["receipt"]["differences"] == []
    copy = shown["workspace_id"]
    assert comparable(await exported(alice, {"id": copy})) == comparable(before)
    originals = await boards_of(alice, office.workspace["id"])
    for original, again in zip(originals, await boards_of(alice, copy), strict=True):
        log = await read_whole_log(alice, again["id"])
        assert differences(as_comparable(again), fold(log)) == []
        pasts = [await pasts_of(alice, board) for board in (original, again)]
        assert by_order(pasts[0]) == by_order(pasts[1])
    async with world.runtime.database.reading() as session:
        found = [await broken(session, invariant) for invariant in INVARIANTS]
    assert found == [None] * len(INVARIANTS)
