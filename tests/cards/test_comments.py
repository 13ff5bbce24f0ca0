"""Comments: written, edited by their authors, deleted with a mark, with mentions."""

import pytest

from tests.support.actors import Actor, Json, expect
from tests.support.folding import as_comparable, differences, fold, read_whole_log
from tests.support.world import World

pytestmark = pytest.mark.anyio


@pytest.fixture
async def board(alice: Actor, bob: Actor) -> Json:
    """A board of Alice's, with Bob as a member."""
    workspace = await alice.workspace()
    await alice.invite(workspace, bob, "member")
    return await alice.board(workspace)


@pytest.fixture
async def card(alice: Actor, board: Json) -> Json:
    """A card on it."""
    return await alice.card(board)


async def say(actor: Actor, card: Json, body: str) -> Json:
    """Comment on a card."""
    said: Json = expect(await actor.post(f"/cards/{card['id']}/comments", json={"body": body}), 201)
    return said


async def said_on(actor: Actor, card: Json) -> list[str]:
    """What is to be read on a card."""
    page = expect(await actor.get(f"/cards/{card['id']}/comments"), 200)
    return [each["body"] for each in page["items"]]


async def test_comments_are_read_in_the_order_in_which_they_were_written(
    alice: Actor, bob: Actor, board: Json, card: Json
) -> None:
    first = await say(alice, card, "Does the **bank** answer?")
    await say(bob, card, "It does.\n\n> Does it?")
    assert await said_on(bob, card) == ["Does the **bank** answer?", "It does.\n\n> Does it?"]
    assert (first["author_id"], first["edited_at"], first["deleted_at"]) == (
        str(alice.user_id),
        None,
        None,
    )
    [shown] = (await alice.snapshot(board["id"]))["cards"]
    assert (shown["comment_count"], shown["version"]) == (2, card["version"])


async def test_long_talks_are_read_in_pages(alice: Actor, card: Json) -> None:
    for number in range(5):
        await say(alice, card, f"{number}")
    read: list[str] = []
    path = f"/cards/{card['id']}/comments?limit=2"
    while path:
        page = expect(await alice.get(path), 200)
        read += [each["body"] for each in page["items"]]
        cursor = page["next_cursor"]
        path = f"/cards/{card['id']}/comments?limit=2&cursor={cursor}" if cursor else ""
    assert read == ["0", "1", "2", "3", "4"]


async def test_a_comment_mentions_people_of_the_workspace(
    world: World, alice: Actor, bob: Actor, card: Json
) -> None:
    await world.person("carol")
    body = "@BOB, @bob. and @carol, `@alice` or a@alice see?\n\n```\n@alice\n```"
    said = await say(alice, card, body)
    assert said["mention_ids"] == [str(bob.user_id)]
    path = f"/cards/{card['id']}/comments/{said['id']}"
    changed = expect(await alice.patch(path, json={"body": "@alice herself"}), 200)
    assert changed["mention_ids"] == [str(alice.user_id)]


async def test_only_its_author_changes_a_comment_and_that_shows(
    world: World, alice: Actor, bob: Actor, card: Json
) -> None:
    said = await say(bob, card, "Teh bank.")
    path = f"/cards/{card['id']}/comments/{said['id']}"
    refused = await alice.patch(path, json={"body": "Mine"})
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    changed = expect(await bob.patch(path, json={"body": "The bank."}), 200)
    assert changed["body"] == "The bank."
    assert changed["edited_at"] == world.clock.now().isoformat().replace("+00:00", "Z")
    assert await said_on(alice, card) == ["The bank."]


async def test_a_comment_is_deleted_by_its_author_or_an_admin_and_leaves_a_mark(
    alice: Actor, bob: Actor, board: Json, card: Json
) -> None:
    by_alice, by_bob = await say(alice, card, "One"), await say(bob, card, "Two")
    path = f"/cards/{card['id']}/comments"
    refused = await bob.delete(f"{path}/{by_alice['id']}")
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    for _ in range(2):
        expect(await alice.delete(f"{path}/{by_bob['id']}"), 204)
    assert await said_on(bob, card) == ["One", ""]
    refused = await bob.patch(f"{path}/{by_bob['id']}", json={"body": "Two again"})
    assert (refused.status_code, refused.json()["code"]) == (409, "comment_deleted")
    [shown] = (await alice.snapshot(board["id"]))["cards"]
    assert shown["comment_count"] == 1


async def test_a_comment_of_another_card_is_not_found(
    alice: Actor, board: Json, card: Json
) -> None:
    other = await alice.card(board)
    said = await say(alice, card, "One")
    expect(await alice.delete(f"/cards/{other['id']}/comments/{said['id']}"), 404)
    assert await said_on(alice, card) == ["One"]


async def test_comments_are_in_the_timeline_and_the_log_counts_them(
    alice: Actor, board: Json, card: Json
) -> None:
    said = await say(alice, card, "One")
    expect(await alice.patch(f"/cards/{card['id']}/comments/{said['id']}", json={"body": "1"}), 200)
    expect(await alice.delete(f"/cards/{card['id']}/comments/{said['id']}"), 204)
    entries = expect(await alice.get(f"/cards/{card['id']}/timeline"), 200)["items"]
    assert [entry["type"] for entry in entries] == [
        "comment.deleted",
        "comment.updated",
        "comment.created",
        "card.created",
    ]
    shown = as_comparable(await alice.snapshot(board["id"]))
    assert differences(fold(await read_whole_log(alice, board["id"])), shown) == []


@pytest.mark.parametrize("body", ["", "x" * 20_001, None, 7])
async def test_a_comment_has_words_and_not_too_many(alice: Actor, card: Json, body: object) -> None:
    answer = await alice.post(f"/cards/{card['id']}/comments", json={"body": body})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert await said_on(alice, card) == []
