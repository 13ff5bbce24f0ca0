"""A workspace in one house, with a board whose cards are worked on in some repositories; and what the board shows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from taskly.platform.context import SYSTEM
from taskly.users.issuing import Issuer
from taskly.users.sessions import Device, start_session
from tests.convergence.house import House
from tests.support.actors import Actor, Json, expect

CARDS = ("Refund", "Fix", "Tidy")


@dataclass(slots=True)
class Side:
    """A workspace, in the name of its admin."""

    house: House
    user_id: UUID
    board: Json
    cards: list[Json]
    repositories: list[Json]

    async def actor(self) -> Actor:
        """The admin, signed in just now."""
        return await sign_in(self.house, self.user_id)

    async def compare(self) -> None:
        """Ask for a comparison of every repository with GitHub."""
        admin = await self.actor()
        for repository in self.repositories:
            expect(await admin.post(f"/repositories/{repository['id']}/reconcile"), 202)

    async def compared_at(self) -> list[datetime]:
        """When the last comparison of each repository began."""
        admin = await self.actor()
        healths = [
            expect(await admin.get(f"/repositories/{repository['id']}/health"), 200)
            for repository in self.repositories
        ]
        return [datetime.fromisoformat(health["last_comparison"]["began_at"]) for health in healths]

    async def shown(self) -> Json:
        """What the board shows of its cards' code, without ids and times of our own."""
        admin = await self.actor()
        snapshot = await admin.snapshot(self.board["id"])
        columns = {column["id"]: column["name"] for column in snapshot["columns"]}
        places = {each["id"]: columns[each["column_id"]] for each in snapshot["cards"]}
        shown: Json = {}
        for title, card in zip(CARDS, self.cards, strict=True):
            code = expect(await admin.get(f"/cards/{card['id']}/development"), 200)
            shown[title] = {
                "column": places[card["id"]],
                "branches": _by(code["branches"], "repository", "name"),
                "pull_requests": _by(
                    map(_pull_request, code["pull_requests"]), "repository", "number"
                ),
            }
        return shown


async def sign_in(house: House, user_id: UUID) -> Actor:
    """Somebody who is there already, signed in just now."""
    runtime, client = house.place.runtime, house.place.client
    async with runtime.database.transaction(SYSTEM) as tx:
        issued = await start_session(
            tx, Issuer(runtime.settings), user_id, Device("tests", "127.0.0.1")
        )
    return Actor(client, user_id, house.login, issued.access_token)


async def make_side(
    house: House, user_id: UUID, full_names: Sequence[str], merged_needs: str
) -> Side:
    """A new workspace with connections to these repositories."""
    admin = await sign_in(house, user_id)
    workspace = await admin.workspace()
    board = await admin.board(workspace, key="PAY")
    rules = {"merged_needs": merged_needs}
    expect(await admin.patch(f"/boards/{board['id']}/automation", json=rules), 200)
    cards = [await admin.card(board, title) for title in CARDS]
    path = f"/workspaces/{workspace['id']}/repositories"
    repositories = [
        expect(await admin.post(path, json={"full_name": name}), 201) for name in full_names
    ]
    await house.place.settle()
    return Side(house, user_id, board, cards, repositories)


def _by(items: Iterable[Json], *names: str) -> Json:
    """The items by what tells them apart, without what is our own, and what GitHub says only to those who ask."""
    left_out = {"id", "card_id", "verified_at", "error", "mergeability", "required_checks"}
    return {
        " ".join(str(each[name]) for name in names): {
            key: value for key, value in each.items() if key not in left_out
        }
        for each in items
    }


def _pull_request(shown: Json) -> Json:
    reviews, checks = _by(shown["reviews"], "reviewer"), _by(shown["check_runs"], "kind", "name")
    return {**shown, "reviews": reviews, "check_runs": checks}
