"""Searching a workspace, listing a board's cards and one's own, as people do it."""

from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest

from taskly.kit.cursors import encode_cursor
from tests.support.actors import Actor, Json, column, expect
from tests.support.world import World

pytestmark = pytest.mark.anyio


async def search(actor: Actor, workspace: Json, q: str, **params: Any) -> Json:
    """A page of found cards."""
    path = f"/workspaces/{workspace['id']}/search"
    page: Json = expect(await actor.get(path, params={"q": q, **params}), 200)
    return page


async def found(actor: Actor, workspace: Json, q: str) -> list[str]:
    """The titles that a search finds, in its order."""
    return [card["title"] for card in (await search(actor, workspace, q))["items"]]


@pytest.fixture
async def workspace(alice: Actor) -> Json:
    """An empty workspace."""
    return await alice.workspace()


async def test_a_found_card_is_shown_with_where_it_is(alice: Actor, workspace: Json) -> None:
    board = await alice.board(workspace, key="PAY")
    card = await alice.card(board, "Refund twice", story_points=3, priority="high")
    shown = (await search(alice, workspace, "refund"))["items"][0]
    assert shown == {
        **{name: card[name] for name in shown if name in card},
        "workspace_id": workspace["id"],
        "board_name": "Payments",
        "column_name": "To Do",
        "category": "todo",
        "drift": [],
        "highlights": [
            {
                "field": "title",
                "comment_id": None,
                "parts": [
                    {"text": "Refund", "is_match": True},
                    {"text": " twice", "is_match": False},
                ],
            }
        ],
    }
    assert shown["key"] == "PAY-1"
    assert {"description", "rank"} & set(shown) == set()


async def test_the_key_comes_first_then_titles_then_texts_then_the_newest(
    alice: Actor, workspace: Json
) -> None:
    board = await alice.board(workspace, key="PAY")
    await alice.card(board, "the one", description="nothing")
    await alice.card(board, "in a text", description="see PAY-1")
    await alice.card(board, "PAY-1 in a title")
    await alice.card(board, "PAY-1 in a newer title".replace("newer", "later"))
    assert await found(alice, workspace, "pay-1 ") == [
        "the one",
        "PAY-1 in a later title",
        "PAY-1 in a title",
        "in a text",
    ]


async def test_words_are_found_whatever_their_case_and_script(
    alice: Actor, workspace: Json
) -> None:
    board = await alice.board(workspace)
    for title in (
        "Größe ändern",
        "Исправить ошибку",
        "修复 错误",
        "foo-bar baz_qux",
        "it's v1.2/x",
        "Map<String, List> in src/api/app.py of <b>api.example.com</b>",
    ):
        await alice.card(board, title)
    signs = "Map<String, List> in src/api/app.py of <b>api.example.com</b>"

    cases: dict[str, str | None] = {
        "GRÖSSE": None,
        "größe ": "Größe ändern",
        "ошибк": "Исправить ошибку",
        "ИСПРАВИТЬ ": "Исправить ошибку",
        "错误 ": "修复 错误",
        "foo-b": "foo-bar baz_qux",
        "bar ": "foo-bar baz_qux",
        "qux ": "foo-bar baz_qux",
        "it's ": "it's v1.2/x",
        '"foo bar"': "foo-bar baz_qux",
        "fo ": None,
        "list ": signs,
        "map<string": signs,
        "<b>api": signs,
        "app.py ": signs,
        '"api app"': signs,
        "example ": signs,
        "<c> ": None,
    }
    for q, wanted in cases.items():
        assert await found(alice, workspace, q) == ([] if wanted is None else [wanted]), q


SIGNS = [
    "“alpha” x",
    "„alpha“",
    "«alpha»",
    "x—alpha—y",
    "x–alpha",  # noqa: RUF001
    "alpha…",
    "alpha’s day",  # noqa: RUF001
    "‘alpha’",  # noqa: RUF001
    "alpha\u00a0y",
    "→alpha",
    "✅alpha",
    "🚀alpha",
    "（alpha）",  # noqa: RUF001
    "支付、alpha。",
    "x¿alpha؟",
    "alpha/b",
    "a.alpha.b",
    "https://x.org/alpha/y?z=1",
    "foo@alpha.com",
    "List<alpha>",
    "<alpha>",
    "a_alpha_b",
    "x/-alpha-1.2",
    "x&alpha;y",
]


@pytest.mark.parametrize("title", SIGNS)
async def test_a_word_ends_where_a_sign_begins(alice: Actor, workspace: Json, title: str) -> None:
    card = await alice.card(await alice.board(workspace), title)
    other = await alice.card(await alice.board(workspace), "another card")
    expect(await alice.post(f"/cards/{other['id']}/comments", json={"body": title}), 201)
    for q in ('"alpha"', title, f'"{title}"'):
        answer = await alice.get(f"/workspaces/{workspace['id']}/search", params={"q": q})
        assert {each["id"] for each in expect(answer, 200)["items"]} == {card["id"], other["id"]}, q


@pytest.mark.parametrize(
    "q", ["'", "\\", "'; DROP TABLE cards --", ":*", "a:*b", "%_", "<->", "!a", "a&b|c", "\\'x'", "😀", "$1"]
)  # fmt: skip
async def test_no_sign_is_special(alice: Actor, workspace: Json, q: str) -> None:
    await alice.card(await alice.board(workspace), f"before {q} after")
    expected = {"a:*b": 422}.get(q, 200)
    for text in (q, f'"{q}"', f"{q}x", f"{q}*"):
        answer = await alice.get(f"/workspaces/{workspace['id']}/search", params={"q": text})
        assert answer.status_code in {expected, 200}, text


async def test_a_wrong_word_is_pointed_at(alice: Actor, workspace: Json) -> None:
    path = f"/workspaces/{workspace['id']}/search"
    problem = expect(await alice.get(path, params={"q": "refund asignee:me"}), 422)
    assert problem["code"] == "query_invalid"
    assert problem["detail"] == "query.q: There is no field asignee. Did you mean assignee?"
    [error] = problem["errors"]
    assert (error["loc"], error["type"]) == (["query", "q"], "unknown_field")
    assert (error["start"], error["end"], error["word"]) == (7, 14, "asignee")
    assert error["suggestion"] == "assignee"
    assert "label" in error["expected"]


async def test_a_query_of_more_than_1000_characters_is_refused(
    alice: Actor, workspace: Json
) -> None:
    path = f"/workspaces/{workspace['id']}/search"
    problem = expect(await alice.get(path, params={"q": "a" * 1001}), 422)
    [error] = problem["errors"]
    assert (problem["code"], error["start"], error["end"]) == ("query_invalid", 1000, 1001)
    assert (await alice.get(path, params={"q": "a" * 1000})).status_code == 200


async def test_a_search_stays_in_its_workspace(alice: Actor, bob: Actor, workspace: Json) -> None:
    elsewhere = await bob.workspace()
    await alice.card(await alice.board(workspace, key="PAY"), "secret")
    await bob.card(await bob.board(elsewhere, key="PAY"), "secret")
    for q in ("secret", "PAY-1", "is:open", "-x", "PAY-1 OR secret"):
        shown = (await search(bob, elsewhere, q))["items"]
        assert [card["workspace_id"] for card in shown] == [elsewhere["id"]], q


async def test_deleted_cards_are_not_found_anywhere(alice: Actor, workspace: Json) -> None:
    board = await alice.board(workspace)
    card = await alice.card(board, "gone", assignee_ids=[str(alice.user_id)])
    expect(await alice.delete(f"/cards/{card['id']}"), 204)
    for q in ("gone", card["key"], "is:archived", "is:archived OR -is:archived"):
        assert await found(alice, workspace, q) == []
    assert expect(await alice.get("/me/cards", params={"q": "is:archived"}), 200)["items"] == []


async def test_the_cards_of_an_archived_board_are_in_the_archive(
    alice: Actor, workspace: Json
) -> None:
    kept, gone = await alice.board(workspace), await alice.board(workspace, name="Past")
    card = await alice.card(kept, "put away")
    await alice.card(kept, "kept")
    await alice.card(gone, "on an old board")
    expect(await alice.post(f"/cards/{card['id']}/archive"), 200)
    expect(await alice.post(f"/boards/{gone['id']}/archive"), 200)
    assert await found(alice, workspace, "") == ["kept"]
    assert await found(alice, workspace, "is:archived") == ["on an old board", "put away"]
    assert await found(alice, workspace, "-is:archived") == ["kept"]
    listed = expect(await alice.get(f"/boards/{gone['id']}/cards"), 200)["items"]
    assert [each["title"] for each in listed] == ["on an old board"]


async def test_the_cursor_of_one_query_is_refused_by_another(alice: Actor, workspace: Json) -> None:
    board = await alice.board(workspace)
    for number in range(3):
        await alice.card(board, f"card {number}")
    cursor = (await search(alice, workspace, "card", limit=1))["next_cursor"]
    path = f"/workspaces/{workspace['id']}/search"
    other = await alice.get(path, params={"q": "cards", "limit": 1, "cursor": cursor})
    assert (other.status_code, other.json()["errors"][0]["type"]) == (422, "cursor")


async def test_cards_made_and_changed_between_pages_disturb_none_of_the_others(
    alice: Actor, workspace: Json
) -> None:
    board = await alice.board(workspace)
    there = [await alice.card(board, f"card {number}") for number in range(6)]
    seen: list[str] = []
    params: dict[str, Any] = {"limit": 2}
    while True:
        page = await search(alice, workspace, "card", **params)
        seen += [card["id"] for card in page["items"]]
        await alice.card(board, "a new card")
        done = column(board, "Done")["id"]
        await alice.move(there[len(seen) % 6], column_id=done)
        await alice.patch(f"/cards/{there[0]['id']}", json={"story_points": len(seen)})
        if page["next_cursor"] is None:
            break
        params["cursor"] = page["next_cursor"]
    assert seen == [card["id"] for card in reversed(there)]


async def test_my_cards_are_those_of_all_my_workspaces_by_due_date(
    world: World, alice: Actor, bob: Actor, workspace: Json
) -> None:
    mine = {"assignee_ids": [str(alice.user_id)]}
    other = await bob.workspace("Other")
    await bob.invite(other, alice, "viewer")
    await alice.card(await alice.board(workspace), "later", due_date="2026-12-24", **mine)
    await alice.card(await alice.board(workspace), "whenever", **mine)
    await alice.card(await alice.board(workspace), "somebody else's")
    await bob.card(await bob.board(other), "soon", due_date="2026-11-24", **mine)
    shown = expect(await alice.get("/me/cards"), 200)["items"]
    assert [card["title"] for card in shown] == ["soon", "later", "whenever"]
    shown = expect(await alice.get("/me/cards?q=due:<7d"), 200)["items"]
    assert [card["title"] for card in shown] == ["soon"]


async def test_somebody_who_left_a_workspace_finds_nothing_of_it(
    alice: Actor, bob: Actor, workspace: Json
) -> None:
    await alice.invite(workspace, bob, "member")
    board = await alice.board(workspace)
    await alice.card(board, assignee_ids=[str(bob.user_id)])
    assert len(expect(await bob.get("/me/cards"), 200)["items"]) == 1
    expect(await bob.delete(f"/workspaces/{workspace['id']}/members/me"), 204)
    assert expect(await bob.get("/me/cards"), 200)["items"] == []
    assert (await bob.get(f"/workspaces/{workspace['id']}/search")).status_code == 404
    assert (await bob.get(f"/boards/{board['id']}/cards")).status_code == 404


async def test_a_boards_cards_are_listed_column_by_column(alice: Actor, workspace: Json) -> None:
    board = await alice.board(workspace)
    for title, name in (("c", "Done"), ("a", "To Do"), ("b", "To Do"), ("x", "In Review")):
        await alice.card(board, title, column_id=column(board, name)["id"])
    path = f"/boards/{board['id']}/cards"
    titles = [card["title"] for card in expect(await alice.get(path), 200)["items"]]
    assert titles == ["a", "b", "x", "c"]
    rest = expect(await alice.get(path, params={"q": "-column:Testing", "limit": 2}), 200)
    assert [card["title"] for card in rest["items"]] == ["a", "b"]
    filtered = expect(await alice.get(path, params={"q": 'column:"to do",done'}), 200)
    assert [card["title"] for card in filtered["items"]] == ["a", "b", "c"]


async def test_comments_are_found_and_shown(alice: Actor, workspace: Json) -> None:
    board = await alice.board(workspace)
    await alice.card(board, "silent")
    spoken = await alice.card(board, "spoken")
    body = {"body": "The needle is here"}
    comment = expect(await alice.post(f"/cards/{spoken['id']}/comments", json=body), 201)
    [shown] = (await search(alice, workspace, "needle spoken"))["items"]
    assert [each["field"] for each in shown["highlights"]] == ["title", "comment"]
    assert shown["highlights"][1]["comment_id"] == comment["id"]
    assert await found(alice, workspace, "-needle") == ["silent"]
    assert await found(alice, workspace, "has:comments") == ["spoken"]
    expect(await alice.delete(f"/cards/{spoken['id']}/comments/{comment['id']}"), 204)
    assert await found(alice, workspace, "needle") == []


async def test_a_card_is_blocked_until_what_it_waits_for_is_done(
    alice: Actor, workspace: Json
) -> None:
    board = await alice.board(workspace)
    first, second = await alice.card(board, "first"), await alice.card(board, "second")
    path = f"/cards/{second['id']}/blockers/{first['id']}"
    assert (await alice.request("PUT", path)).status_code < 300
    assert await found(alice, workspace, "is:blocked") == ["second"]
    assert await found(alice, workspace, "is:blocking") == ["first"]
    await alice.move(first, column_id=column(board, "Done")["id"])
    assert await found(alice, workspace, "is:blocked OR is:blocking") == []


async def test_numbers_of_a_cursor_may_be_as_large_as_cursors_allow(
    alice: Actor, workspace: Json
) -> None:
    await alice.card(await alice.board(workspace), "a card")
    largest, smallest = 2**63 - 1, -(2**63)
    text = sha256(b"card").hexdigest()[:12]
    for number, count in ((largest, 1), (smallest, 0)):
        place = (number, number, UUID(workspace["id"]))
        cursor = encode_cursor(place, f"search_cards:{text}")
        assert len((await search(alice, workspace, "card", cursor=cursor))["items"]) == count
        cursor = encode_cursor((number, UUID(workspace["id"])), f"list_own_cards:{text}")
        answer = await alice.get("/me/cards", params={"q": "card", "cursor": cursor})
        assert expect(answer, 200)["items"] == []
