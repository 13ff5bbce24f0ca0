"""A text that two people change is not overwritten in silence."""

import pytest

from tests.support.actors import Actor, Json, expect

pytestmark = pytest.mark.anyio


@pytest.fixture
async def card(alice: Actor, bob: Actor) -> Json:
    """A card with a description that both can change."""
    workspace = await alice.workspace()
    await alice.invite(workspace, bob, "member")
    return await alice.card(await alice.board(workspace), description="Once upon a time")


async def test_the_second_of_two_gets_both_texts_and_their_base(
    alice: Actor, bob: Actor, card: Json
) -> None:
    path, base = f"/cards/{card['id']}", card["version"]
    for text in ("Once, long ago", "Long ago"):
        expect(await alice.patch(path, json={"description": text}), 200)
    refused = await bob.patch(
        path, json={"description": "There was", "title": "Tale", "base_version": base}
    )
    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (409, "edit_conflict")
    assert {name: problem[name] for name in ("field", "base", "theirs", "yours")} == {
        "field": "description",
        "base": "Once upon a time",
        "theirs": "Long ago",
        "yours": "There was",
    }
    shown = expect(await bob.get(path), 200)
    assert (shown["description"], shown["title"]) == ("Long ago", card["title"])
    merged = {"description": "Long ago there was", "base_version": problem["current_version"]}
    assert expect(await bob.patch(path, json=merged), 200)["description"] == "Long ago there was"


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Another"},
        {"acceptance_criteria": "It ends well"},
        {"description": "Once upon a time"},
    ],
)
async def test_other_changes_go_together(
    alice: Actor, bob: Actor, card: Json, change: Json
) -> None:
    path = f"/cards/{card['id']}"
    expect(await alice.patch(path, json=change), 200)
    body = {"description": "There was", "base_version": card["version"]}
    assert expect(await bob.patch(path, json=body), 200)["description"] == "There was"


async def test_the_same_words_are_no_conflict(alice: Actor, bob: Actor, card: Json) -> None:
    path = f"/cards/{card['id']}"
    expect(await alice.patch(path, json={"description": "There was"}), 200)
    body = {"description": "There was", "base_version": card["version"]}
    expect(await bob.patch(path, json=body), 200)


async def test_without_a_base_the_last_one_wins(alice: Actor, bob: Actor, card: Json) -> None:
    path = f"/cards/{card['id']}"
    expect(await alice.patch(path, json={"description": "One"}), 200)
    assert expect(await bob.patch(path, json={"description": "Two"}), 200)["description"] == "Two"


@pytest.mark.parametrize("wanted", [{"description": "Two"}, {"description": "One"}, {"title": "T"}])
async def test_a_base_that_is_yet_to_come_is_refused(
    alice: Actor, card: Json, wanted: Json
) -> None:
    path = f"/cards/{card['id']}"
    expect(await alice.patch(path, json={"description": "One"}), 200)
    body = {**wanted, "base_version": 999}
    assert expect(await alice.patch(path, json=body), 422)["code"] == "invalid"
    assert expect(await alice.get(path), 200)["description"] == "One"
