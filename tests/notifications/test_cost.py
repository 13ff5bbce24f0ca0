"""What telling people costs: the same number of statements, however many cards and people there are."""

import pytest

from tests.notifications.place import Team, news
from tests.platform.statements import statements_of
from tests.support.actors import expect

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("watchers", [1, 50])
async def test_a_comment_costs_the_same_however_many_watch(team: Team, watchers: int) -> None:
    card = await team.alice.card(team.board, "Refunds")
    guests = [await team.world.person(f"guest{number}") for number in range(watchers)]
    for guest in guests:
        await team.alice.invite(team.workspace, guest, "viewer")
        expect(await guest.request("PUT", f"/cards/{card['id']}/watchers/me"), 204)

    sent = await statements_of(
        team.world,
        lambda: team.alice.post(f"/cards/{card['id']}/comments", json={"body": "Hm, @bob."}),
    )

    assert len(sent) == 8, [each.sql for each in sent]
    assert (await news(guests[-1]))[0] == ("commented", "Refunds")
    assert await news(team.bob) == [("mentioned", "Refunds")]


@pytest.mark.parametrize("cards", [2, 100])
async def test_a_bulk_change_costs_the_same_however_many_cards(team: Team, cards: int) -> None:
    made = [await team.alice.card(team.board, f"{number}") for number in range(cards)]
    both = [str(team.bob.user_id), str(team.carol.user_id)]
    body = {
        "card_ids": [card["id"] for card in made],
        "changes": [
            {"mode": "add", "assignee_ids": both},
            {"mode": "set", "description": "for @bob"},
        ],
    }

    sent = await statements_of(team.world, lambda: team.alice.post("/cards/bulk-update", json=body))

    assert len(sent) == 13, [each.sql for each in sent]
    unread = expect(await team.bob.get("/me/notifications"), 200)["unread_count"]
    assert unread == cards
