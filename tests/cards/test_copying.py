"""Copies of cards."""

import pytest
from sqlalchemy import text

from tests.support.actors import Actor, Json, column, expect, titles
from tests.support.folding import as_comparable, differences, fold, read_whole_log
from tests.support.world import World

pytestmark = pytest.mark.anyio


@pytest.fixture
async def board(alice: Actor) -> Json:
    """A board."""
    return await alice.board(await alice.workspace())


async def test_a_copy_is_like_the_card_and_stands_behind_it(alice: Actor, board: Json) -> None:
    label = {"name": "bug", "color": "#d73a4a"}
    label_id = expect(await alice.post(f"/boards/{board['id']}/labels", json=label), 201)["id"]
    first = await alice.card(board, "blocker")
    card = await alice.card(
        board,
        "card",
        description="Text",
        acceptance_criteria="Criteria",
        priority="high",
        story_points=3,
        due_date="2026-12-24",
        assignee_ids=[str(alice.user_id)],
        label_ids=[label_id],
        blocker_ids=[first["id"]],
        checklist=[{"text": "one", "done": True}, {"text": "two"}],
    )
    path = f"/cards/{card['id']}"
    link = {"url": "https://example.com", "title": "Link"}
    attached = expect(await alice.post(f"{path}/attachments", json=link), 201)
    expect(await alice.post(f"{path}/comments", json={"body": "Hm."}), 201)
    await alice.card(board, "last")
    copy = expect(await alice.post(f"{path}/copy", json={}), 201)
    for name in ("title", "description", "acceptance_criteria", "priority", "story_points"):
        assert copy[name] == card[name]
    for name in ("due_date", "assignee_ids", "label_ids", "column_id"):
        assert copy[name] == card[name]
    assert (copy["key"], copy["blocker_ids"], copy["comment_count"]) == ("PAY-4", [], 0)
    assert [(item["text"], item["done"]) for item in copy["checklist"]] == [
        ("one", False),
        ("two", False),
    ]
    [again] = copy["attachments"]
    assert (again["url"], again["title"]) == (link["url"], link["title"])
    assert again["id"] != attached["id"]
    shown = await alice.snapshot(board["id"])
    assert titles(shown, "To Do") == ["blocker", "card", "card", "last"]
    assert differences(fold(await read_whole_log(alice, board["id"])), as_comparable(shown)) == []


async def test_a_copy_gets_another_title_and_place(alice: Actor, board: Json) -> None:
    card = await alice.card(board, "card")
    done = column(board, "Done")["id"]
    body = {"title": "copy", "column_id": done}
    copy = expect(await alice.post(f"/cards/{card['id']}/copy", json=body), 201)
    assert (copy["title"], copy["completed_at"] is None) == ("copy", False)
    assert titles(await alice.snapshot(board["id"]), "Done") == ["copy"]


async def test_a_card_in_the_archive_is_copied_to_the_end_of_its_column(
    alice: Actor, board: Json
) -> None:
    card = await alice.card(board, "old")
    expect(await alice.post(f"/cards/{card['id']}/archive"), 200)
    await alice.card(board, "other")
    expect(await alice.post(f"/cards/{card['id']}/copy", json={"title": "new"}), 201)
    assert titles(await alice.snapshot(board["id"]), "To Do") == ["other", "new"]


async def test_a_card_is_copied_whatever_rules_its_fields_were_written_by(
    world: World, alice: Actor, board: Json
) -> None:
    card = await alice.card(board)
    async with world.runtime.database.reading() as session:
        await session.execute(
            text("UPDATE cards SET title = E'one\\ntwo' WHERE id = :card"), {"card": card["id"]}
        )
        await session.commit()
    copied = expect(await alice.post(f"/cards/{card['id']}/copy", json={}), 201)
    assert copied["title"] == "one\ntwo"
