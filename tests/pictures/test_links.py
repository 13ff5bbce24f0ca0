"""Links that show the pictures of a board without signing in."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import select

from taskly.kit.clock import FrozenClock
from taskly.kit.tokens import hash_token
from taskly.pictures.models import PictureLink
from taskly.pictures.sharing import MOST_LINKS
from taskly.platform.belongings import Belongings
from taskly.platform.redaction import redact
from tests.insights.days import at_hour
from tests.pictures.conftest import PICTURES
from tests.support.actors import Actor, Json, column, expect
from tests.support.world import World, serving
from tests.unit.pictures.reading import read, texts, words

pytestmark = pytest.mark.anyio

EVERYTHING = ("badge", *PICTURES)


@pytest.fixture
async def link(alice: Actor, board: Json) -> Json:
    """A link to the board's pictures."""
    return await shared(alice, board)


async def shared(actor: Actor, board: Json) -> Json:
    """Make a link to a board's pictures."""
    path = f"/boards/{board['id']}/picture-links"
    made: Json = expect(await actor.post(path, json={"name": "README"}), 201)
    return made


async def fetched(world: World, link: Json, name: str, query: str = "") -> httpx2.Response:
    """What somebody gets who is not signed in."""
    return await world.client.get(f"{link['address']}/{name}.svg{query}")


async def badge(world: World, link: Json) -> list[str]:
    """What stands on the badge."""
    return texts(read((await fetched(world, link, "badge")).text))


async def assert_shows_nothing(world: World, link: Json) -> None:
    """Nobody can tell whether the link ever showed anything."""
    never = {"address": link["address"].rpartition("/")[0] + "/never-was"}
    for name in EVERYTHING:
        gone, unknown = await fetched(world, link, name), await fetched(world, never, name)
        assert (gone.status_code, unknown.status_code) == (404, 404)
        assert without_place(gone) == without_place(unknown)
        assert gone.headers["Cache-Control"] == "no-store"


def without_place(answer: httpx2.Response) -> Json:
    """A problem without what is of one request."""
    ours = {"instance", "request_id"}
    return {name: value for name, value in answer.json().items() if name not in ours}


@pytest.mark.parametrize("name", EVERYTHING)
async def test_whoever_has_the_address_sees_a_picture(world: World, link: Json, name: str) -> None:
    answer = await fetched(world, link, name)

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert words(read(answer.text))["title"]
    for secret in ("Secret", "Hidden", "Alice", "alice"):
        assert secret not in answer.text


@pytest.mark.parametrize("name", PICTURES)
async def test_a_link_shows_what_insiders_see(
    world: World, alice: Actor, board: Json, link: Json, name: str
) -> None:
    path = f"/boards/{board['id']}/insights/{name}.svg?theme=dark"

    inside = await alice.get(path)

    assert (await fetched(world, link, name, "?theme=dark")).text == inside.text


@pytest.mark.parametrize("name", EVERYTHING)
async def test_what_keeps_pictures_asks_again_after_five_minutes(
    world: World, link: Json, name: str
) -> None:
    first = await fetched(world, link, name)
    tag = {"If-None-Match": first.headers["ETag"]}

    again = await world.client.get(f"{link['address']}/{name}.svg", headers=tag)

    assert first.headers["Cache-Control"] == "public, max-age=300"
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["Cache-Control"] == "public, max-age=300"
    assert "Set-Cookie" not in first.headers


async def test_a_link_answers_no_questions_about_people_or_the_past(
    world: World, alice: Actor, link: Json
) -> None:
    plain = await fetched(world, link, "cycle-time")

    for query in (
        f"?assignee={alice.user_id}",
        "?as_of=2026-11-23T10:00:00Z",
        "?from=2026-11-01&to=2026-11-02",
    ):
        assert (await fetched(world, link, "cycle-time", query)).text == plain.text


async def test_a_badge_says_how_much_of_the_sprint_is_done_within_a_minute(
    world: World, alice: Actor, board: Json, link: Json
) -> None:
    behind = await fetched(world, link, "badge")
    left = next(card for card in board["cards"] if card["story_points"] == 3)
    await alice.move(left, column_id=column(board, "Done")["id"])
    assert isinstance(world.clock, FrozenClock)
    world.clock.advance(timedelta(seconds=59))
    kept = await fetched(world, link, "badge")
    world.clock.advance(timedelta(seconds=1))
    done = await fetched(world, link, "badge")

    assert kept.text == behind.text
    assert texts(read(behind.text)) == ["Sprint <1> & refunds", "5 of 8 points"]
    assert "#9a6700" in behind.text
    assert texts(read(done.text)) == ["Sprint <1> & refunds", "8 of 8 points"]
    assert "#1a7f37" in done.text


async def test_a_badge_blames_nobody_when_the_sprint_is_over(world: World, link: Json) -> None:
    await at_hour(world, 28, 9)
    over = await fetched(world, link, "badge")
    await at_hour(world, 30, 9)

    assert texts(read(over.text)) == ["Sprint <1> & refunds", "5 of 8 points"]
    assert "#59636e" in over.text
    assert await badge(world, link) == ["Sprint 2", "no cards"]


async def test_a_badge_of_a_board_without_sprints_says_so(
    world: World, alice: Actor, bare_board: Json
) -> None:
    assert await badge(world, await shared(alice, bare_board)) == ["Sprint", "not begun"]


async def test_the_answer_has_what_is_pasted_into_a_readme(link: Json) -> None:
    address = link["address"]
    assert address.startswith("http://127.0.0.1:8000/api/v1/pictures/")
    assert f"![Sprint]({address}/badge.svg)" in link["markdown"]
    assert f'srcset="{address}/burndown.svg?theme=dark"' in link["markdown"]
    assert f'src="{address}/burndown.svg"' in link["markdown"]


async def test_only_the_hash_of_a_token_is_kept(world: World, link: Json) -> None:
    token = link["address"].rpartition("/")[2]
    async with world.runtime.database.reading() as session:
        row = await session.scalar(select(PictureLink).where(PictureLink.id == UUID(link["id"])))

    assert row is not None
    assert row.token_hash == hash_token(token)
    assert len(token) == 43


async def test_links_are_listed_without_their_addresses(
    alice: Actor, board: Json, link: Json
) -> None:
    path = f"/boards/{board['id']}/picture-links"

    listed = expect(await alice.get(path), 200)

    shown = {name: link[name] for name in ("id", "board_id", "name", "created_at")}
    assert listed == {"items": [shown], "next_cursor": None}


async def test_a_revoked_link_shows_nothing(
    world: World, alice: Actor, board: Json, link: Json
) -> None:
    other = await shared(alice, board)
    path = f"/boards/{board['id']}/picture-links"
    assert (await fetched(world, link, "badge")).status_code == 200
    expect(await alice.delete(f"{path}/{link['id']}"), 204)

    await assert_shows_nothing(world, link)
    assert (await fetched(world, other, "badge")).status_code == 200
    assert [each["id"] for each in expect(await alice.get(path), 200)["items"]] == [other["id"]]
    expect(await alice.delete(f"{path}/{link['id']}"), 404)


async def test_an_archived_board_is_shown_to_nobody_until_it_is_back(
    world: World, alice: Actor, board: Json, link: Json
) -> None:
    path = f"/boards/{board['id']}"
    expect(await alice.post(f"{path}/archive"), 200)

    await assert_shows_nothing(world, link)
    refused = await alice.post(f"{path}/picture-links", json={"name": "Another"})
    assert expect(refused, 409)["code"] == "board_archived"
    expect(await alice.post(f"{path}/restore"), 200)
    assert (await fetched(world, link, "badge")).status_code == 200
    expect(await alice.post(f"{path}/archive"), 200)
    expect(await alice.delete(f"{path}/picture-links/{link['id']}"), 204)


async def test_a_deleted_board_takes_its_links_along(
    world: World, alice: Actor, board: Json, link: Json
) -> None:
    expect(await alice.delete(f"/boards/{board['id']}"), 204)

    await assert_shows_nothing(world, link)


async def test_a_deleted_workspace_shows_nothing_before_it_is_cleared_away(
    world: World, alice: Actor, board: Json, link: Json
) -> None:
    path = f"/workspaces/{board['workspace_id']}"
    name = expect(await alice.get(path), 200)["name"]
    expect(await alice.request("DELETE", path, json={"name": name}), 204)

    await assert_shows_nothing(world, link)


async def test_the_audit_log_says_who_opened_and_closed_what(
    alice: Actor, board: Json, link: Json
) -> None:
    path = f"/boards/{board['id']}/picture-links/{link['id']}"
    expect(await alice.delete(path), 204)

    log = f"/workspaces/{board['workspace_id']}/audit?type=picture_link"
    entries = expect(await alice.get(log), 200)["items"]

    about = {"board_id": board["id"], "name": "README"}
    assert [(each["type"], each["before"], each["after"]) for each in entries] == [
        ("picture_link.revoked", about, None),
        ("picture_link.created", None, about),
    ]
    assert {each["actor"]["login"] for each in entries} == {"alice"}
    assert link["address"].rpartition("/")[2] not in str(entries)


async def test_pictures_are_counted_by_the_address_that_asks_for_them(
    world: World, link: Json
) -> None:
    settings = world.runtime.settings.model_copy(update={"rate_limit_address": 1})
    runtime = replace(world.runtime, settings=settings, belongings=Belongings())
    async with serving(world.app, runtime) as limited:
        statuses = [(await fetched(limited, link, "badge")).status_code for _ in range(4)]
        unknown = await limited.client.get("/api/v1/pictures/never-was/badge.svg")

    assert statuses == [200, 200, 200, 429]
    assert unknown.status_code == 429


async def test_no_log_line_holds_a_token(world: World, link: Json) -> None:
    token = link["address"].rpartition("/")[2]
    assert token not in redact(f"GET /api/v1/pictures/{token}/badge.svg HTTP/1.1")
    assert redact("GET /api/v1/pictures/x/badge.svg") == "GET /api/v1/pictures/x/badge.svg"


async def test_a_board_has_so_many_links_and_no_more(alice: Actor, board: Json) -> None:
    for _ in range(MOST_LINKS):
        await shared(alice, board)

    refused = await alice.post(f"/boards/{board['id']}/picture-links", json={"name": "More"})

    assert expect(refused, 409)["code"] == "too_many_picture_links"


async def test_a_link_of_another_board_is_none_of_this_one(
    alice: Actor, board: Json, link: Json
) -> None:
    other = await alice.board({"id": board["workspace_id"]}, name="Another")

    expect(await alice.delete(f"/boards/{other['id']}/picture-links/{link['id']}"), 404)
    assert expect(await alice.get(f"/boards/{other['id']}/picture-links"), 200)["items"] == []
