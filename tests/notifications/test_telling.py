"""Who is told what: what concerns them, of what they may see, and nothing that they did themselves."""

from datetime import timedelta
from uuid import uuid4

import pytest

from taskly.kit.clock import FrozenClock
from tests.notifications.place import Team, comment, news, pass_time, read_all, told
from tests.notifications.post import address, digests
from tests.support.actors import expect
from tests.workspaces.invitations import accept, invite, path_of, token_in

pytestmark = pytest.mark.anyio


async def test_who_is_put_on_a_card_is_told_once(team: Team) -> None:
    card = await team.alice.card(team.board, "Refunds", assignee_ids=[str(team.bob.user_id)])
    both = [str(team.bob.user_id), str(team.carol.user_id)]

    expect(await team.alice.patch(f"/cards/{card['id']}", json={"assignee_ids": both}), 200)

    assert await news(team.bob) == [("assigned", "Refunds")]
    [shown] = await told(team.carol, unread=True)
    snapshot = await team.alice.snapshot(team.board["id"])
    assert (shown["card_key"], shown["board_id"]) == (card["key"], snapshot["id"])
    assert (shown["actor_name"], shown["reason"]) == ("Alice", "because you are assigned")
    assert (shown["workspace_name"], shown["read_at"]) == ("Payments", None)
    assert await told(team.alice) == []


async def test_nobody_is_told_of_what_they_did_themselves(team: Team) -> None:
    bob = str(team.bob.user_id)
    card = await team.bob.card(
        team.board, "Refunds", assignee_ids=[bob], description="for me, @bob"
    )
    await comment(team.bob, card, "@bob remember this")

    assert [await news(each) for each in (team.alice, team.bob, team.carol)] == [[], [], []]


async def test_who_is_named_in_a_text_is_told_when_the_name_is_new(team: Team) -> None:
    card = await team.alice.card(team.board, "Refunds", description="ask @bob")
    path = f"/cards/{card['id']}"

    expect(await team.alice.patch(path, json={"description": "ask @bob or @carol, soon"}), 200)
    expect(await team.alice.patch(path, json={"description": "ask @carol and @nobody"}), 200)
    expect(await team.alice.patch(path, json={"acceptance_criteria": "as @bob says"}), 200)

    assert await news(team.bob) == [("mentioned", "Refunds")] * 2
    assert await news(team.carol) == [("mentioned", "Refunds")]


async def test_who_watches_hears_of_comments_and_who_is_named_hears_it_as_such(team: Team) -> None:
    card = await team.alice.card(team.board, "Refunds")
    expect(await team.carol.request("PUT", f"/cards/{card['id']}/watchers/me"), 204)

    said = await comment(team.alice, card, "@bob have a look")

    [to_bob] = await told(team.bob, unread=True)
    [to_carol] = await told(team.carol, unread=True)
    assert (to_bob["kind"], to_carol["kind"]) == ("mentioned", "commented")
    assert to_bob["comment_id"] == to_carol["comment_id"] == said["id"]
    assert to_carol["comment"] == "@bob have a look"


async def test_who_commented_or_is_on_a_card_hears_of_comments_unless_they_said_no(
    team: Team,
) -> None:
    card = await team.alice.card(team.board, "Refunds", assignee_ids=[str(team.carol.user_id)])
    await comment(team.bob, card, "Hm.")
    await read_all(team.carol)
    expect(await team.carol.request("DELETE", f"/cards/{card['id']}/watchers/me"), 204)

    await comment(team.alice, card, "Oh.")

    assert await news(team.bob) == [("commented", "Refunds")]
    assert await news(team.carol) == []


async def test_a_comment_that_is_edited_tells_only_who_is_newly_named(team: Team) -> None:
    card = await team.alice.card(team.board, "Refunds", assignee_ids=[str(team.carol.user_id)])
    said = await comment(team.alice, card, "@bob have a look")
    path = f"/cards/{card['id']}/comments/{said['id']}"
    for person in (team.bob, team.carol):
        await read_all(person)

    expect(await team.alice.patch(path, json={"body": "@bob and @carol, have a look"}), 200)

    assert await news(team.bob) == []
    assert await news(team.carol) == [("mentioned", "Refunds")]


async def test_who_is_taken_into_a_workspace_is_told(team: Team) -> None:
    dora = await team.world.person("dora")

    await team.alice.invite(team.workspace, dora, "viewer")

    [shown] = await told(dora)
    assert (shown["kind"], shown["workspace_id"]) == ("invited", team.workspace["id"])
    assert (shown["card_id"], shown["actor_name"]) == (None, "Alice")


async def test_who_left_sees_nothing_any_more(team: Team) -> None:
    card = await team.alice.card(team.board, "Refunds", assignee_ids=[str(team.bob.user_id)])
    member = f"/workspaces/{team.workspace['id']}/members/{team.bob.user_id}"

    expect(await team.alice.delete(member), 204)
    await comment(team.alice, card, "@bob are you there?")

    answer = expect(await team.bob.get("/me/notifications"), 200)
    assert answer == {"items": [], "next_cursor": None, "unread_count": 0}


async def test_what_was_deleted_is_not_shown_and_comes_back_with_the_card(team: Team) -> None:
    card = await team.alice.card(team.board, "Refunds", assignee_ids=[str(team.bob.user_id)])
    deleted = await team.alice.delete(f"/cards/{card['id']}")

    while_gone = await news(team.bob)
    operation = deleted.headers["Operation-ID"]
    expect(await team.alice.post(f"/operations/{operation}/undo"), 200)

    assert while_gone == []
    assert await news(team.bob) == [("assigned", "Refunds")]


async def test_words_that_were_taken_away_are_not_to_be_read_here(team: Team) -> None:
    card = await team.alice.card(team.board, "Refunds")
    said = await comment(team.alice, card, "@bob the password is secret")

    expect(await team.alice.delete(f"/cards/{card['id']}/comments/{said['id']}"), 204)

    [shown] = await told(team.bob, unread=True)
    assert shown["comment"] == ""


async def test_reading_some_leaves_the_others(team: Team) -> None:
    for title in ("one", "two", "three"):
        await team.alice.card(team.board, title, assignee_ids=[str(team.bob.user_id)])
    three, two, one = await told(team.bob, unread=True)

    some = expect(
        await team.bob.post(
            "/me/notifications/read", json={"ids": [two["id"], two["id"], str(uuid4())]}
        ),
        200,
    )
    foreign = expect(
        await team.carol.post("/me/notifications/read", json={"ids": [one["id"]]}), 200
    )

    assert some == {"read": 1, "unread_count": 2}
    assert foreign == {"read": 0, "unread_count": 0}
    assert await news(team.bob) == [("assigned", "three"), ("assigned", "one")]
    rest = expect(await team.bob.post("/me/notifications/read", json={"up_to": three["id"]}), 200)
    assert rest == {"read": 2, "unread_count": 0}
    assert [item["read_at"] for item in await told(team.bob)] == ["2026-11-23T09:00:00Z"] * 4


@pytest.mark.parametrize(
    "body", [{}, {"ids": []}, {"ids": [str(uuid4())], "up_to": str(uuid4())}, {"ids": ["x"]}]
)
async def test_what_to_read_is_said_in_one_way(team: Team, body: object) -> None:
    refused = expect(await team.bob.post("/me/notifications/read", json=body), 422)

    assert refused["code"] == "invalid"


async def test_pages_lose_and_repeat_nothing(team: Team) -> None:
    for number in range(5):
        await team.alice.card(team.board, f"{number}", assignee_ids=[str(team.bob.user_id)])
    seen, cursor = [], None
    while True:
        query = {"limit": 2, "unread": True} | ({"cursor": cursor} if cursor else {})
        page = expect(await team.bob.get("/me/notifications", params=query), 200)
        seen += [item["card_title"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert seen == ["4", "3", "2", "1", "0"]


async def test_what_somebody_does_not_want_to_hear_is_not_told(team: Team) -> None:
    settings = "/me/notification-settings"
    off = {"mentioned": {"in_app": False}, "assigned": {"email": False}}

    changed = expect(await team.bob.patch(settings, json=off), 200)
    card = await team.alice.card(
        team.board, "Refunds", assignee_ids=[str(team.bob.user_id)], description="@bob"
    )
    await read_all(team.bob)
    await comment(team.alice, card, "@bob hear me")

    on = {"in_app": True, "email": True}
    assert changed == {
        "assigned": {"in_app": True, "email": False},
        "mentioned": {"in_app": False, "email": True},
        "review_requested": on,
        "due_soon": on,
        "invited": on,
        "repository_alert": on,
        "commented": on,
    }
    assert expect(await team.bob.get(settings), 200) == changed
    # He is on the card, so he hears of the comment as one on a card that he watches.
    assert await news(team.bob) == [("commented", "Refunds")]
    assert expect(await team.carol.get(settings), 200)["assigned"] == on


async def test_settings_change_one_by_one(team: Team) -> None:
    settings = "/me/notification-settings"
    expect(await team.bob.patch(settings, json={"assigned": {"email": False}}), 200)

    changed = expect(await team.bob.patch(settings, json={"assigned": {"in_app": False}}), 200)

    assert changed["assigned"] == {"in_app": False, "email": False}
    back = expect(await team.bob.patch(settings, json={"assigned": {"email": True}}), 200)
    assert back["assigned"] == {"in_app": False, "email": True}


async def test_nothing_is_read_up_to_what_somebody_else_was_told(team: Team) -> None:
    await team.alice.card(team.board, "Refunds", assignee_ids=[str(team.bob.user_id)])
    await team.alice.card(team.board, "Fees", assignee_ids=[str(team.carol.user_id)])
    [later] = await told(team.carol, unread=True)

    nothing = expect(
        await team.bob.post("/me/notifications/read", json={"up_to": later["id"]}), 200
    )

    assert nothing == {"read": 0, "unread_count": 1}


async def test_who_is_known_by_an_invited_address_sees_it_until_the_invitation_is_over(
    team: Team,
) -> None:
    dora, emil = [await team.world.person(name) for name in ("dora", "emil")]
    await address(team.world, dora, "Dora@example.com")
    await address(team.world, emil, "emil@work.example.com", verified=["emil@example.com"])
    to_dora, to_emil = await invite(
        team.alice, team.workspace, "dora@example.com", "emil@example.com"
    )

    [shown] = await told(dora)
    at_first = await news(emil)
    gone = f"{path_of(team.workspace)}/{to_emil['invitation']['id']}"
    expect(await team.alice.delete(gone), 204)
    expect(await accept(dora, token_in(to_dora)), 200)

    assert (shown["kind"], shown["workspace_name"]) == ("invited", "Payments")
    assert (shown["invitation_id"], shown["actor_name"]) == (to_dora["invitation"]["id"], "Alice")
    assert at_first == [("invited", None)]
    assert await told(emil) == []
    # Accepting is her own doing.
    assert [item["id"] for item in await told(dora)] == [shown["id"]]


async def test_an_invitation_that_has_run_out_is_nothing_to_be_told(
    team: Team, clock: FrozenClock
) -> None:
    await address(team.world, team.carol, "carol@example.com")
    other = await team.alice.workspace("Other")
    await invite(team.alice, other, "carol@example.com")
    path = "/me/notifications"
    before = expect(await team.carol.get(path), 200)

    await pass_time(team, clock, timedelta(days=7))

    after = expect(await team.carol.get(path), 200)
    assert [item["workspace_name"] for item in before["items"]] == ["Other", "Payments"]
    assert [item["workspace_name"] for item in after["items"]] == ["Payments"]
    assert (before["unread_count"], after["unread_count"]) == (1, 0)


async def test_an_invitation_has_a_mail_of_its_own(
    mailed: Team,
) -> None:
    dora = await mailed.world.person("dora")
    await address(mailed.world, dora)
    await invite(mailed.alice, mailed.workspace, "dora@example.com")

    assert await news(dora) == [("invited", None)]
    assert await digests(mailed.world) == []
