"""A bulk change does what as many changes of one card do, or is refused where one of them is."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.support.actors import Actor, Json, expect

pytestmark = pytest.mark.anyio

COLUMNS = ("To Do", "In Progress", "Done")
LABELS = ("bug", "chore")
OWN = {"id", "board_id", "column_id", "rank", "version", "updated_at", "created_at", "key"}


def modes(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
    """Changes of a mode."""
    return st.fixed_dictionaries(fields)


def of(*values: Any) -> st.SearchStrategy[Any]:
    """One of some values."""
    return st.sampled_from(values)


hanging = {
    "label_ids": st.lists(of(*LABELS), unique=True),
    "assignee_ids": st.lists(of("alice", "bob"), unique=True),
    "blocker_ids": of([], ["blocker"]),
}
changes = st.one_of(
    st.fixed_dictionaries(
        {"mode": st.just("set")},
        optional={
            "title": of("a", "b"),
            "priority": of("low", "urgent"),
            "story_points": of(None, 0, 99),
            "due_date": of(None, "2026-12-01"),
            "description": of("", "text"),
            **hanging,
        },
    ),
    modes(mode=of("add", "remove"), **hanging),
    modes(
        mode=st.just("replace"),
        field=of("title", "description"),
        find=of("a", "card", " "),
        put=of("", "b", "\n", "x" * 120),
    ),
    modes(mode=st.just("replace"), field=st.just("label_ids"), find=of(*LABELS), put=of(*LABELS)),
    modes(mode=st.just("adjust"), story_points=of(-1, 1, 2)),
    modes(mode=st.just("shift"), due_date_days=of(-1, 1, 300)),
    modes(mode=of("prefix", "suffix"), title=of("so ", " ", "\n", "x" * 200)),
    modes(mode=st.just("move"), column_id=of(*COLUMNS)),
)
aways = st.lists(modes(mode=of("archive", "restore", "delete")), max_size=1)


@dataclass(slots=True)
class Place:
    """A board with four cards, one of them in the archive, and what its ids are called."""

    actor: Actor
    board: Json
    cards: list[Json]
    ids: dict[str, str]

    def named(self, change: Json) -> Json:
        """A change with the ids of this board."""
        return {
            name: [self.ids[each] for each in value]
            if isinstance(value, list)
            else self.ids[value]
            if name == "column_id" or (name in {"find", "put"} and change["field"] == "label_ids")
            else value
            for name, value in change.items()
        }

    async def shown(self) -> list[Json | int]:
        """All cards with everything about them but ids of the board's own, or the status instead."""
        names = {own: name for name, own in self.ids.items()}
        found: list[Json | int] = []
        for card in self.cards:
            answer = await self.actor.get(f"/cards/{card['id']}")
            if answer.status_code != 200:
                found.append(answer.status_code)
                continue
            now = answer.json()
            alike: Json = {name: value for name, value in now.items() if name not in OWN}
            alike |= {name: [names[each] for each in now[name]] for name in hanging}
            alike |= {name: sorted(alike[name]) for name in hanging}
            alike |= {name: now[name] is not None for name in ("archived_at", "started_at")}
            alike |= {"completed_at": now["completed_at"] is not None}
            found.append(alike | {"column": names[now["column_id"]]})
        return found


async def place_of(alice: Actor, bob: Actor) -> Place:
    """A board whose last column takes two cards."""
    workspace = await alice.workspace()
    await alice.invite(workspace, bob, "member")
    board = await alice.board(workspace)
    path, ids = f"/boards/{board['id']}", {"alice": str(alice.user_id), "bob": str(bob.user_id)}
    ids |= {each["name"]: each["id"] for each in board["columns"]}
    for name in LABELS:
        label = {"name": name, "color": "#d73a4a"}
        ids[name] = expect(await alice.post(f"{path}/labels", json=label), 201)["id"]
    expect(await alice.patch(f"{path}/columns/{ids['Done']}", json={"wip_limit": 2}), 200)
    expect(await alice.patch(path, json={"wip_policy": "strict"}), 200)
    bug = [ids["bug"]]
    cards = [
        await alice.card(board, "card a", story_points=98, label_ids=bug),
        await alice.card(board, "b", due_date="2999-12-01", description="a card"),
        await alice.card(board, "x" * 100, story_points=0, assignee_ids=[ids["bob"]]),
        await alice.card(board, "put away", column_id=ids["In Progress"]),
    ]
    expect(await alice.post(f"/cards/{cards[3]['id']}/archive"), 200)
    ids["blocker"] = (await alice.card(board, "blocker"))["id"]
    return Place(alice, board, cards, ids)


async def one_by_one(place: Place, cards: list[Json], change: Json) -> bool:
    """Do to each card what the change says with a request of its own; whether all could be done."""
    answers = []
    for card in cards:
        path, mode = f"/cards/{card['id']}", change["mode"]
        if mode == "delete":
            answers.append(await place.actor.delete(path))
        elif mode in {"archive", "restore"}:
            answers.append(await place.actor.post(f"{path}/{mode}"))
        elif mode == "move":
            body = {"column_id": change["column_id"]}
            answers.append(await place.actor.post(f"{path}/move", json=body))
        else:
            now = expect(await place.actor.get(path), 200)
            answers.append(await place.actor.patch(path, json=patch(now, change)))
    return all(answer.is_success for answer in answers)


def patch(now: Json, change: Json) -> Json:
    """The fields that a change gives a card."""
    match change["mode"]:
        case "set":
            return {name: value for name, value in change.items() if name != "mode"}
        case "add":
            return {name: [*{*now[name], *change[name]}] for name in hanging}
        case "remove":
            return {
                name: [each for each in now[name] if each not in change[name]] for name in hanging
            }
        case "replace":
            value, find, put = now[change["field"]], change["find"], change["put"]
            if isinstance(value, str):
                return {change["field"]: value.replace(find, put)}
            return {change["field"]: [put if each == find else each for each in value]}
        case "adjust" if now["story_points"] is not None:
            return {"story_points": now["story_points"] + change["story_points"]}
        case "shift" if now["due_date"] is not None:
            due = date.fromisoformat(now["due_date"]) + timedelta(change["due_date_days"])
            return {"due_date": due.isoformat()}
        case "prefix" | "suffix" as mode:
            parts = (change["title"], now["title"])
            return {"title": "".join(parts if mode == "prefix" else parts[::-1])}
    return {}


@settings(
    max_examples=10,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    wanted=st.lists(changes, min_size=1, max_size=3),
    away=aways,
    chosen=st.lists(st.integers(0, 3), min_size=1, unique=True),
)
async def test_a_bulk_change_does_what_as_many_single_ones_do(
    alice: Actor, bob: Actor, wanted: list[Json], away: list[Json], chosen: list[int]
) -> None:
    at_once, single = await place_of(alice, bob), await place_of(alice, bob)
    before = await at_once.shown()
    body = {
        "card_ids": [at_once.cards[index]["id"] for index in chosen],
        "changes": [at_once.named(change) for change in (*wanted, *away)],
    }
    answer = await alice.post("/cards/bulk-update", json=body)
    assert answer.status_code in {200, 422}, answer.text
    picked = [single.cards[index] for index in chosen]
    done = [await one_by_one(single, picked, single.named(change)) for change in (*wanted, *away)]
    assert answer.is_success == all(done), (answer.text, wanted, away, chosen)
    assert await at_once.shown() == (await single.shown() if answer.is_success else before)
