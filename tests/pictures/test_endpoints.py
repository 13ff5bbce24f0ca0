"""Pictures of a board, for those who may see it."""

from typing import Any

import httpx2
import pytest

from tests.insights.days import at_hour
from tests.pictures.conftest import PICTURES
from tests.support.actors import Actor, Json, expect
from tests.support.world import World
from tests.unit.pictures.reading import (
    assert_is_inside,
    assert_is_readable,
    read,
    texts,
    words,
)

pytestmark = pytest.mark.anyio

every_picture = pytest.mark.parametrize("name", PICTURES)


async def asked(actor: Actor, board: Json, name: str, **query: Any) -> httpx2.Response:
    """The answer to who asks for a picture."""
    path = f"/boards/{board['id']}/insights/{name}.svg"
    return await actor.request("GET", path, params=query)


async def drawn(actor: Actor, board: Json, name: str, **query: Any) -> list[str]:
    """What is written in a picture that shows something."""
    answer = await asked(actor, board, name, **query)
    assert answer.status_code == 200, answer.text
    root = read(answer.text)
    assert_is_inside(root)
    assert_is_readable(root)
    return texts(root)


@every_picture
async def test_a_picture_is_an_image_that_runs_and_loads_nothing(
    alice: Actor, board: Json, name: str
) -> None:
    answer = await asked(alice, board, name)

    assert answer.headers["Content-Type"] == "image/svg+xml"
    policy = "default-src 'none'; frame-ancestors 'none'; sandbox"
    assert answer.headers["Content-Security-Policy"] == policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-cache"


@every_picture
async def test_a_picture_is_drawn_for_both_themes(alice: Actor, board: Json, name: str) -> None:
    light, dark = [
        (await asked(alice, board, name, theme=theme)).text for theme in ("light", "dark")
    ]

    assert (await asked(alice, board, name)).text == light
    assert 'fill="#ffffff"' in light
    assert 'fill="#0d1117"' in dark
    assert texts(read(light)) == texts(read(dark))
    assert (await asked(alice, board, name, theme="pink")).status_code == 422


@every_picture
async def test_a_picture_is_sent_once_as_long_as_it_is_the_same(
    alice: Actor, board: Json, name: str
) -> None:
    first = await asked(alice, board, name)
    tag = {"If-None-Match": first.headers["ETag"]}
    path = f"/boards/{board['id']}/insights/{name}.svg"
    renamed = expect(await alice.patch(f"/boards/{board['id']}", json={"name": "Renamed"}), 200)

    again = await alice.get(path, headers=tag)

    assert renamed["version"] > board["version"]
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert (await alice.get(f"{path}?theme=dark", headers=tag)).status_code == 200


@every_picture
async def test_a_picture_says_the_same_as_the_figures(alice: Actor, board: Json, name: str) -> None:
    figures = {"cycle-time": "durations"}.get(name, name)
    told = expect(await alice.get(f"/boards/{board['id']}/insights/{figures}"), 200)

    assert words(read((await asked(alice, board, name)).text))["desc"] == told["reading"]


@every_picture
async def test_no_picture_tells_what_cards_and_people_are_called(
    alice: Actor, board: Json, name: str
) -> None:
    picture = (await asked(alice, board, name)).text

    for secret in ("Secret", "Hidden", "alice", "Alice", str(alice.user_id)):
        assert secret not in picture


@every_picture
async def test_a_picture_of_nothing_says_so(alice: Actor, bare_board: Json, name: str) -> None:
    found = await drawn(alice, bare_board, name)

    assert (
        found[1:]
        == {
            "burndown": ["No sprint has begun."],
            "velocity": ["No sprint has been completed yet."],
            "flow": ["There were no cards on these days."],
            "cycle-time": ["No card was done on these days."],
            "throughput": ["No card was done in 28 days."],
        }[name]
    )


async def test_a_burndown_shows_what_remains_beside_scope_and_ideal_line(
    alice: Actor, board: Json
) -> None:
    found = await drawn(alice, board, "burndown")

    assert found[0] == "Burndown of Sprint <1> & refunds"
    assert {"points", "today", "+8", "scope 8", "3 left", "ideal"} <= set(found)
    assert {"23 Nov", "24 Nov", "25 Nov", "26 Nov", "27 Nov"} <= set(found)


async def test_a_burndown_counts_cards_where_nobody_estimated(
    world: World, alice: Actor, board: Json
) -> None:
    _, second = board["sprints"]
    await alice.card(board, "Without points", sprint_id=second["id"])
    expect(await alice.post(f"/sprints/{second['id']}/start"), 200)

    found = await drawn(alice, board, "burndown", sprint=second["id"])

    assert {"cards", "scope 1", "1 left"} <= set(found)


async def test_a_sprint_that_has_not_begun_is_no_broken_picture(alice: Actor, board: Json) -> None:
    second = next(each for each in board["sprints"] if each["name"] == "Sprint 2")

    found = await drawn(alice, board, "burndown", sprint=second["id"])

    assert found == ["Burndown of Sprint 2", "Sprint 2 has not begun."]


async def test_a_sprint_of_another_board_is_none(alice: Actor, board: Json) -> None:
    other = "0199d2c0-8a4e-7c1e-9b6e-0d6a3b8d1f13"

    refused = expect(await asked(alice, board, "burndown", sprint=other), 422)

    assert refused["code"] == "no_sprint_to_show"


async def test_velocity_shows_committed_and_completed_beside_the_mean(
    world: World, alice: Actor, board: Json
) -> None:
    await at_hour(world, 30, 9)

    found = await drawn(alice, board, "velocity")

    assert {"committed", "completed", "0", "5", "mean 5", "Sprint <1> & refunds"} <= set(found)


@pytest.mark.parametrize(
    ("by", "names"),
    [("category", ["To do 1", "Done 1"]), ("column", ["Backlog 1", "Done 1"])],
)
async def test_the_flow_is_drawn_by_category_or_by_column(
    alice: Actor, board: Json, by: str, names: list[str]
) -> None:
    names = [name.replace("Backlog", board["columns"][0]["name"]) for name in names]

    found = await drawn(alice, board, "flow", by=by)

    assert [text for text in found if text in names] == names


async def test_cycle_times_are_dots_beside_percentiles(alice: Actor, board: Json) -> None:
    picture = (await asked(alice, board, "cycle-time")).text

    assert picture.count("<circle") == 1
    assert [text for text in texts(read(picture)) if "%" in text] == [
        f"{percent}\N{NO-BREAK SPACE}% in 24\N{NO-BREAK SPACE}h" for percent in (95, 85, 50)
    ]


async def test_throughput_is_drawn_by_week_where_there_are_many_days(
    alice: Actor, board: Json
) -> None:
    by_day = await drawn(alice, board, "throughput")
    by_week = await drawn(alice, board, "throughput", **{"from": "2026-09-01"})

    assert (by_day[0], by_week[0]) == ("Cards done each day", "Cards done each week")
    assert "mean 0.1" in by_week


async def test_pictures_heed_the_same_questions_as_the_figures(alice: Actor, board: Json) -> None:
    nobody = {"assignee": str(alice.user_id)}
    before = {"as_of": "2026-11-24T08:00:00Z"}
    days = {"from": "2026-11-25", "to": "2026-11-24"}

    assert len(await drawn(alice, board, "cycle-time", **nobody)) == 2
    assert len(await drawn(alice, board, "cycle-time", **before)) == 2
    assert expect(await asked(alice, board, "flow", **days), 422)["code"] == "bad_range"


async def test_a_stranger_sees_no_picture(board: Json, bob: Actor) -> None:
    for name in PICTURES:
        assert expect(await asked(bob, board, name), 404)["code"] == "not_found"


async def test_days_are_those_of_the_time_zone_of_the_workspace(
    world: World, alice: Actor, board: Json
) -> None:
    path = f"/workspaces/{board['workspace_id']}"
    expect(await alice.patch(path, json={"time_zone": "Pacific/Kiritimati"}), 200)
    await at_hour(world, 26, 20)

    found = await drawn(alice, board, "throughput", **{"from": "2026-11-25", "to": "2026-11-27"})

    assert {"25 Nov", "26 Nov", "27 Nov"} <= set(found)
