"""Where tests of this domain take place, and what they do there."""

from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import httpx2
from fastapi import FastAPI
from sqlalchemy import CursorResult, text

from taskly.kit.clock import FrozenClock
from taskly.platform.context import SYSTEM
from taskly.platform.runtime import Runtime
from taskly.users.local_sign_in import make_link

KEY = "test:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
"""A key that protects nothing: 32 well-known bytes."""

Json = dict[str, Any]


@dataclass(slots=True)
class Place:
    """An application, and the way to look behind it."""

    app: FastAPI
    runtime: Runtime
    client: httpx2.AsyncClient
    clock: FrozenClock

    async def execute(self, statement: str, **values: Any) -> list[Any]:
        """Look into the database, or change it, past the application."""
        async with self.runtime.database.transaction(SYSTEM) as tx:
            result = await tx.session.execute(text(statement), values)
            return (
                list(result.all())
                if isinstance(result, CursorResult) and result.returns_rows
                else []
            )

    async def count(self, table: str, condition: str = "true") -> int:
        """How many rows there are."""
        rows = await self.execute(f"SELECT 1 FROM {table} WHERE {condition}")  # noqa: S608
        return len(rows)

    async def link(self, login: str = "owner") -> str:
        """The secret of a one-time link."""
        address = await make_link(self.runtime.database, self.runtime.settings, login)
        return address.partition("?token=")[2]

    async def sign_in(self, login: str = "owner") -> Json:
        """A pair of tokens, as a program gets it."""
        answer = await self.client.post(
            "/api/v1/auth/local", json={"token": await self.link(login)}
        )
        assert answer.status_code == 200, answer.text
        pair: Json = answer.json()
        return pair

    async def get(self, path: str, token: str) -> httpx2.Response:
        """GET as the owner of a token."""
        return await self.client.get(f"/api/v1{path}", headers=bearer(token))

    async def post(self, path: str, token: str, body: Json | None = None) -> httpx2.Response:
        """POST as the owner of a token."""
        return await self.client.post(f"/api/v1{path}", headers=bearer(token), json=body)

    async def delete(self, path: str, token: str) -> httpx2.Response:
        """DELETE as the owner of a token."""
        return await self.client.delete(f"/api/v1{path}", headers=bearer(token))

    async def refresh(self, secret: str) -> httpx2.Response:
        """Refresh as a program does."""
        return await self.client.post("/api/v1/auth/refresh", json={"refresh_token": secret})

    async def user_id(self, login: str = "owner") -> UUID:
        """Who has this login."""
        rows = await self.execute("SELECT id FROM users WHERE login = :login", login=login)
        return UUID(str(rows[0][0]))


class MakePlace(Protocol):
    """Makes applications on the test's database."""

    async def __call__(self, **changes: Any) -> Place:
        """One more; settings may differ."""
        ...


def bearer(token: str) -> dict[str, str]:
    """The header of a program."""
    return {"Authorization": f"Bearer {token}"}


def problem_of(answer: httpx2.Response) -> tuple[int, str]:
    """Status and code of a problem."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return answer.status_code, str(answer.json()["code"])
