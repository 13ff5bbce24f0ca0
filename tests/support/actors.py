"""People who use the API in tests, over HTTP as everybody does."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx2

Json = dict[str, Any]


class Refused(AssertionError):
    """An answer that the test did not expect."""


@dataclass(slots=True)
class Actor:
    """Somebody with a client of their own."""

    client: httpx2.AsyncClient
    user_id: UUID
    login: str
    token: str

    async def request(self, method: str, path: str, **options: Any) -> httpx2.Response:
        """Send a request to `/api/v1` + path."""
        headers = {"Authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        return await self.client.request(method, f"/api/v1{path}", headers=headers, **options)

    async def get(self, path: str, **options: Any) -> httpx2.Response:
        """GET."""
        return await self.request("GET", path, **options)

    async def post(self, path: str, **options: Any) -> httpx2.Response:
        """POST."""
        return await self.request("POST", path, **options)

    async def patch(self, path: str, **options: Any) -> httpx2.Response:
        """PATCH."""
        return await self.request("PATCH", path, **options)

    async def delete(self, path: str, **options: Any) -> httpx2.Response:
        """DELETE."""
        return await self.request("DELETE", path, **options)

    async def stay_signed_in(self) -> None:
        """Use a personal token from now on, where weeks go by in a test."""
        if not self.token.startswith("tsk_"):
            wanted = {"name": "Weeks", "scopes": ["admin"], "expires_in_days": 365}
            self.token = expect(await self.post("/me/tokens", json=wanted), 201)["token"]

    async def workspace(self, name: str = "Payments") -> Json:
        """Make a workspace."""
        made: Json = expect(await self.post("/workspaces", json={"name": name}), 201)
        return made

    async def board(self, workspace: Json, **fields: Any) -> Json:
        """Make a board; its whole snapshot."""
        made = expect(
            await self.post(
                f"/workspaces/{workspace['id']}/boards", json={"name": "Payments", **fields}
            ),
            201,
        )
        return await self.snapshot(made["id"])

    async def snapshot(self, board_id: str) -> Json:
        """A board as it is now."""
        shown: Json = expect(await self.get(f"/boards/{board_id}"), 200)
        return shown

    async def card(self, board: Json, title: str = "A card", **fields: Any) -> Json:
        """Make a card, as it is shown from then on."""
        made: Json = expect(
            await self.post(f"/boards/{board['id']}/cards", json={"title": title, **fields}), 201
        )
        del made["over_limit"]  # Said to who puts it there, and no part of the card.
        return made

    async def move(self, card: Json, **place: Any) -> Json:
        """Move a card."""
        moved: Json = expect(await self.post(f"/cards/{card['id']}/move", json=place), 200)
        return moved

    async def invite(self, workspace: Json, guest: "Actor", role: str) -> None:
        """Take somebody into a workspace."""
        expect(
            await self.post(
                f"/workspaces/{workspace['id']}/members",
                json={"login": guest.login, "role": role},
            ),
            201,
        )


def expect(response: httpx2.Response, status: int) -> Any:
    """The answer's JSON, if it has this status."""
    if response.status_code != status:
        raise Refused(f"{response.request.url}: {response.status_code} {response.text}")
    return response.json() if response.content else None


def column(board: Json, name: str) -> Json:
    """A column of a snapshot by name."""
    found: Json = next(item for item in board["columns"] if item["name"] == name)
    return found


def titles(board: Json, name: str) -> list[str]:
    """The titles in a column of a snapshot, from top to bottom."""
    column_id = column(board, name)["id"]
    cards = [card for card in board["cards"] if card["column_id"] == column_id]
    return [card["title"] for card in sorted(cards, key=lambda card: card["rank"].encode())]
