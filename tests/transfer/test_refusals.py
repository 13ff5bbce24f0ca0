"""What is wrong with a file is said with its place, and nothing is made."""

from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import CheckConstraint

from taskly.platform.events.change import known_changes
from taskly.transfer.changes import KINDS
from taskly.transfer.errors import FileRefused
from taskly.transfer.examination import Examination
from taskly.transfer.limits import BY_HAND, limits
from taskly.transfer.tables import TABLES, Exported
from taskly.transfer.validation import kinds_of
from tests.contract.tenants import connect, state_of
from tests.support.actors import Actor, Json, expect
from tests.support.world import World
from tests.transfer.files import exported, imported, rows, sent

pytestmark = pytest.mark.anyio


def changed(lines: list[Json], table: str, **fields: Any) -> list[Json]:
    """The lines with other fields in the first row of a table."""
    found = next(line for line in lines if line.get("table") == table)
    return [
        {"table": table, "row": {**line["row"], **fields}} if line is found else line
        for line in lines
    ]


NOBODY = "0199d2c0-8a4e-7c1e-9b6e-0d6a3b8d1f10"
WRONG: dict[str, tuple[str, dict[str, Any], str]] = {
    "a reference to nothing": ("cards", {"column_id": NOBODY}, "cards.column_id"),
    "an assignee who is nobody": ("card_assignees", {"user_id": NOBODY}, "card_assignees.user_id"),
    "an unknown field": ("boards", {"secret": 1}, "boards.secret"),
    "a wrong kind": ("cards", {"number": "1"}, "cards.number"),
    "an unknown priority": ("cards", {"priority": "great"}, "cards.priority"),
    "a number that was not given out": ("cards", {"number": 99}, "cards.number"),
    "a link that is a program": (
        "cards",
        {"attachments": [{"id": NOBODY, "url": "javascript:alert(1)", "title": "x"}]},
        "cards.attachments.0.url",
    ),
    "a gap in the log": ("events", {"version": 2}, "events.version"),
    "a version that is not reached": ("boards", {"version": 999}, "events"),
    "a text that is too long": ("cards", {"title": "x" * 300}, "cards.title"),
    "a description that is too long": (
        "cards",
        {"description": "x" * 60_000},
        "cards.description",
    ),
    "no name": ("boards", {"name": ""}, "boards.name"),
    "a key in another form": ("boards", {"key": "pay"}, "boards.key"),
    "a number beyond its column": (
        "boards",
        {"next_card_number": 2**31},
        "boards.next_card_number",
    ),
    "comments that are not there": ("cards", {"comment_count": 77}, "cards.comment_count"),
    "numbers that nobody was given": (
        "boards",
        {"next_card_number": 2**31 - 1},
        "boards.next_card_number",
    ),
    "points beyond what cards may have": ("cards", {"story_points": 1000}, "cards.story_points"),
    "a time zone that nobody knows": (
        "workspaces",
        {"time_zone": "Europe/Atlantis"},
        "workspaces.time_zone",
    ),
    "a sprint that ends before it begins": (
        "sprints",
        {"ends_on": "2026-11-01"},
        "sprints.ends_on",
    ),
    "a place between no others": ("cards", {"rank": "a0"}, "cards.rank"),
    "the place of a deleted card": ("cards", {"rank": f"~{'0' * 32}"}, "cards.rank"),
    "a name over two lines": ("boards", {"name": "a\nb"}, "boards.name"),
    "text that nobody could have sent": ("cards", {"title": "e\u0301"}, "cards.title"),
    "an id in another form": ("labels", {"id": NOBODY.upper()}, "labels.id"),
    "NUL": ("cards", {"description": "a\0b"}, "cards.description"),
}


@pytest.mark.parametrize("case", WRONG)
async def test_what_is_wrong_is_refused_with_its_place_and_nothing_is_made(
    real_world: World, real_alice: Actor, case: str
) -> None:
    table, fields, place = WRONG[case]
    workspace = await real_alice.workspace()
    board = await real_alice.board(workspace)
    label = {"name": "bug", "color": "#d73a4a"}
    expect(await real_alice.post(f"/boards/{board['id']}/labels", json=label), 201)
    sprint = {"name": "Sprint 1", "starts_on": "2026-11-23", "ends_on": "2026-12-04"}
    expect(await real_alice.post(f"/boards/{board['id']}/sprints", json=sprint), 201)
    await real_alice.card(board, assignee_ids=[str(real_alice.user_id)])
    lines = changed(await exported(real_alice, workspace), table, **fields)
    before = await state_of(real_world)

    shown = await sent(real_world, real_alice, lines)

    assert shown["state"] == "refused"
    assert shown["mistakes"][0]["place"] == place, shown
    assert place in shown["problem"]
    after = await state_of(real_world)
    assert {name for name in after if after[name] != before[name]} == {"jobs", "workspace_imports"}
    refused = await real_alice.post(f"/workspaces/imports/{shown['id']}/start")
    assert expect(refused, 409)["code"] == "import_not_ready"


UNREADABLE: dict[str, tuple[str, dict[str, Any], dict[str, Any], str]] = {
    "nothing is said of what was made": (
        "card.created",
        {},
        {"after": {}},
        "data.after.acceptance_criteria",
    ),
    "what changed went": ("card.updated", {}, {"after": None}, "data"),
    "what was made was there": ("card.created", {}, {"before": {"title": "x"}}, "data"),
    "less is said than before": ("card.updated", {}, {"after": {}}, "data.after"),
    "another kind of value": (
        "card.updated",
        {},
        {"before": {"title": 5}, "after": {"title": "x"}},
        "data.before.title",
    ),
    "a value that no card has": (
        "card.updated",
        {},
        {"before": {"title": "x" * 300}, "after": {"title": "x"}},
        "data.before.title",
    ),
    "an unknown change": ("card.updated", {"type": "card.eaten"}, {}, "type"),
    "about something else": ("card.updated", {}, {"entity": "label"}, "data.entity"),
    "by nobody": ("card.updated", {"actor_id": NOBODY}, {}, "actor_id"),
    "about a card that never was": ("card.updated", {"card_id": NOBODY}, {}, "card_id"),
    "a log that begins late": ("board.created", {"type": "board.updated"}, {}, "data"),
}


@pytest.mark.parametrize("case", UNREADABLE)
async def test_what_the_log_could_not_be_read_with_is_refused_with_its_line(
    real_world: World, real_alice: Actor, case: str
) -> None:
    type_, fields, data, place = UNREADABLE[case]
    workspace = await real_alice.workspace()
    card = await real_alice.card(await real_alice.board(workspace), "one")
    expect(await real_alice.patch(f"/cards/{card['id']}", json={"title": "two"}), 200)
    lines = await exported(real_alice, workspace)
    number, row = next(
        (number, line["row"])
        for number, line in enumerate(lines, 1)
        if line.get("table") == "events"
        and line["row"]["type"] == type_
        and line["row"]["stream_kind"] == "board"
    )
    row |= fields
    row["data"] |= data

    shown = await sent(real_world, real_alice, lines)

    first = shown["mistakes"][0]
    assert (first["line"], first["place"]) == (number, f"events.{place}"), shown["mistakes"]


def test_every_kind_of_change_is_known() -> None:
    every = known_changes().values()
    ours = [kind for kind in every if kind.__module__.startswith("taskly.")]
    assert [kind for kind in ours if not issubclass(kind, KINDS)] == []


@pytest.mark.parametrize("table", ["card_assignees", "labels", "boards"])
async def test_a_row_that_stands_there_twice_is_refused_with_its_line(
    real_world: World, real_alice: Actor, table: str
) -> None:
    workspace = await real_alice.workspace()
    board = await real_alice.board(workspace)
    label = {"name": "bug", "color": "#d73a4a"}
    expect(await real_alice.post(f"/boards/{board['id']}/labels", json=label), 201)
    await real_alice.card(board, assignee_ids=[str(real_alice.user_id)])
    lines = await exported(real_alice, workspace)
    first = next(place for place, line in enumerate(lines) if line.get("table") == table)
    lines.insert(first, lines[first])
    lines[-1]["rows"] += 1

    shown = await sent(real_world, real_alice, lines)

    assert {each["line"] for each in shown["mistakes"]} == {first + 2}


async def test_what_a_file_of_an_earlier_version_does_not_have_is_as_if_it_were_new(
    real_world: World, real_alice: Actor
) -> None:
    workspace = await real_alice.workspace()
    board = await real_alice.board(workspace)
    await real_alice.card(board)
    series = {"starts_on": "2026-11-30", "ahead": 3}
    expect(
        await real_alice.request("PUT", f"/boards/{board['id']}/sprint-series", json=series), 200
    )
    await connect(real_world, UUID(workspace["id"]), 1)
    lines = await exported(real_alice, workspace)
    for line in lines:
        for name in ("archived_at", "deleted_at", "comment_count", "ahead", "connected_at"):
            line.get("row", {}).pop(name, None)

    made = await imported(real_world, real_alice, lines)

    copy = await exported(real_alice, {"id": made["workspace_id"]})
    assert [row["ahead"] for row in rows(copy, "sprint_series")] == [0]
    [repository], [before] = rows(copy, "git_repositories"), rows(lines, "git_repositories")
    assert repository["connected_at"] == repository["created_at"] == before["created_at"]


def test_every_rule_of_the_database_is_known_before_a_row_is_stored() -> None:
    unknown = [
        rule.name
        for exported in TABLES
        for rule in exported.table.constraints
        if isinstance(rule, CheckConstraint) and rule.name not in BY_HAND
        if not is_known(exported, str(rule.sqltext))
    ]
    assert unknown == []


@pytest.mark.parametrize(
    ("days", "fits"),
    [(1, True), (0.5, True), (366, True), (0, False), (0.25, False), (366.5, False), ("1", False)],
)
def test_days_off_are_whole_or_half(days: Any, fits: bool) -> None:
    kind = TypeAdapter(kinds_of(Exported("sprint_absences"))["days_off"])
    try:
        kind.validate_python(days)
    except ValidationError:
        assert not fits
    else:
        assert fits


def is_known(exported: Exported, rule: str) -> bool:
    """Whether a rule is about a column that is in no file, or limits one that is."""
    names = {column.name for column in exported.columns}
    about = {column.name for column in exported.table.columns if column.name in rule}
    return not about & names or bool(about & limits(exported).keys())


async def test_cards_that_wait_for_each_other_in_a_circle_are_refused(
    real_world: World, real_alice: Actor
) -> None:
    workspace = await real_alice.workspace()
    board = await real_alice.board(workspace)
    cards = [await real_alice.card(board, name) for name in ("one", "two", "three")]
    for card, blocker in pairwise(cards):
        expect(
            await real_alice.request("PUT", f"/cards/{card['id']}/blockers/{blocker['id']}"), 200
        )
    lines = await exported(real_alice, workspace)
    waits = {"blocked_id": cards[2]["id"], "blocker_id": cards[0]["id"], "board_id": board["id"]}
    last = max(i for i, line in enumerate(lines) if line.get("table") == "card_dependencies")
    lines.insert(last + 1, {"table": "card_dependencies", "row": waits})
    lines[-1]["rows"] += 1

    shown = await sent(real_world, real_alice, lines)

    assert [each["place"] for each in shown["mistakes"]] == ["card_dependencies"]


def test_a_long_chain_of_cards_is_looked_at_once() -> None:
    examination = Examination()
    examination.counts["workspaces"] = 1
    ids = [str(UUID(int=number)) for number in range(100_000)]
    examination.waiting.update({one: [other] for one, other in pairwise(ids)})
    examination.look_at([(2, b'{"end":true,"rows":1}')])

    examination.conclude()

    examination.waiting[ids[-1]] = [ids[0]]
    with pytest.raises(FileRefused, match="circle"):
        examination.conclude()


async def test_a_file_that_was_cut_off_is_refused(real_world: World, real_alice: Actor) -> None:
    lines = await exported(real_alice, await real_alice.workspace())

    shown = await sent(real_world, real_alice, lines[:-1])

    assert [each["place"] for each in shown["mistakes"]] == ["file"]
    assert shown["problem"] == "file: The end is missing: the file was cut off."


@pytest.mark.parametrize(
    "head", [{}, {"format": "taskly.workspace", "version": 2}, {"format": "other", "version": 1}]
)
async def test_another_format_is_refused_at_once(world: World, alice: Actor, head: Json) -> None:
    before = await state_of(world)
    answer = await alice.post(
        "/workspaces/imports",
        json=head,
        headers={"Content-Type": "application/x-ndjson"},
    )

    assert expect(answer, 422)["code"] == "no_workspace_file"
    assert await state_of(world) == before
