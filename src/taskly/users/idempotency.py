"""A POST with an `Idempotency-Key` is carried out once, however often it comes.

A caller whose connection breaks does not know whether its change was made. With a key of its own
invention it may simply send the same request again: the answer is stored in the transaction of the
change, so that both are there or neither is. Nothing is stored for what was refused, as nothing happened.

A key belongs to a person and to one request of theirs, made with the same session or personal token. Answers
may hold secrets that are shown once, so they are encrypted, and forgotten after a day.
"""

import json
import re
import zlib
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from hashlib import sha256
from typing import Any
from uuid import UUID

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from taskly.kit.crypto import DecryptionError
from taskly.platform.db.session import Transaction
from taskly.platform.driver import Row
from taskly.platform.http.problems import Invalid
from taskly.platform.runtime import Runtime, runtime_of
from taskly.users import idempotency_repository as repository
from taskly.users.errors import IdempotencyKeyReused, RequestInProgress
from taskly.users.models import IdempotencyKey
from taskly.users.principal import Principal

IDEMPOTENCY_KEY = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
"""The header of an answer that was given before."""
KEPT = timedelta(hours=24)
COMPRESSION = 1
"""Of zlib: the fastest."""

_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_OF_THIS_ANSWER = frozenset({"content-length"})


class AnsweredBeforeError(Exception):
    """Not a failure: the request was carried out before, and this is what was answered then."""

    def __init__(self, response: Response, operation_id: UUID) -> None:
        super().__init__("this request was answered before")
        self.response = response
        self.operation_id = operation_id


@dataclass(frozen=True, slots=True)
class _Repeatable:
    """A request with a key."""

    runtime: Runtime
    connection: HTTPConnection
    user_id: UUID
    key: str
    request_hash: bytes

    async def look_up(self) -> None:
        """Answer as before if the request was carried out.

        Raises:
            AnsweredBeforeError: it was.
            IdempotencyKeyReused: another one was, with this key.
        """
        database = self.runtime.database
        made_after = self.runtime.clock.now() - KEPT
        row = await repository.kept_answer(
            database.hot, self.user_id, self.key, made_after=made_after
        )
        if row is not None:
            raise self._answered(row)

    async def keep(self, tx: Transaction) -> None:
        """Store the answer with the change that it reports, as the transaction's last step.

        Raises:
            AnsweredBeforeError, IdempotencyKeyReused: another process was faster with the same key.
        """
        row = IdempotencyKey(
            user_id=self.user_id,
            key=self.key,
            request_hash=self.request_hash,
            answer=self._sealed(self.connection.state.answer, tx.operation_id),
            created_at=tx.now,
        )
        if not await repository.keep_answer(tx.session, row, replace_until=tx.now - KEPT):
            await self.look_up()
            raise RequestInProgress

    def _sealed(self, response: Response, operation_id: UUID) -> str:
        headers = [
            [name.decode("latin-1"), value.decode("latin-1")]
            for name, value in response.raw_headers
            if name.decode("latin-1") not in _OF_THIS_ANSWER
        ]
        content = {
            "status": response.status_code,
            "headers": headers,
            "body": b64encode(bytes(response.body)).decode(),
            "operation_id": str(operation_id),
        }
        packed = zlib.compress(json.dumps(content).encode(), COMPRESSION)
        return self.runtime.encryption.encrypt(packed, self._owner)

    def _answered(self, row: Row) -> Exception:
        if row["request_hash"] != self.request_hash:
            return IdempotencyKeyReused()
        try:
            packed = self.runtime.encryption.decrypt(row["answer"], self._owner)
        except DecryptionError:
            return IdempotencyKeyReused(
                "The request was carried out, but its answer can't be read any more: look at what it made."
            )
        content: dict[str, Any] = json.loads(zlib.decompress(packed))
        response = Response(b64decode(content["body"]), status_code=content["status"])
        for name, value in content["headers"]:
            response.headers[name] = value
        response.headers[REPLAYED] = "true"
        return AnsweredBeforeError(response, UUID(content["operation_id"]))

    @property
    def _owner(self) -> str:
        return f"idempotency_keys|answer|{self.user_id}|{self.key}"


class _InProgress(set[tuple[UUID, str]]):
    """The keys of requests that this process is carrying out."""

    async def aclose(self) -> None:
        """Nothing is left to close."""


@asynccontextmanager
async def carried_out_once(
    connection: HTTPConnection, principal: Principal, tx: Transaction
) -> AsyncIterator[None]:
    """Carry out in the block what the request asks, unless the same request was carried out before.

    Requests without a key, and all but POST, are not looked at: what PUT, PATCH and DELETE say is true
    after one as after two.

    Raises:
        AnsweredBeforeError: it was; answer the same.
        IdempotencyKeyReused: the key was used for another request.
        RequestInProgress: it is being carried out.
        Invalid: the key is not one.
    """
    key = connection.headers.get(IDEMPOTENCY_KEY)
    if key is None or not isinstance(connection, Request) or connection.method != "POST":
        yield
        return
    if not _KEY.fullmatch(key):
        raise Invalid(f"{IDEMPOTENCY_KEY}: it takes 1 to 255 characters of ASCII without blanks.")
    runtime = runtime_of(connection)
    in_progress = runtime.belongings.get(_InProgress, _InProgress)
    name = (principal.user_id, key)
    if name in in_progress:
        raise RequestInProgress
    in_progress.add(name)
    try:
        request_hash = await _hash_of(connection, principal)
        request = _Repeatable(runtime, connection, principal.user_id, key, request_hash)
        await request.look_up()
        tx.do_last(partial(request.keep, tx))
        yield
    finally:
        in_progress.discard(name)


async def _hash_of(request: Request, principal: Principal) -> bytes:
    """What has to be the same for two requests to be one."""
    parts = (
        str(principal.token_id or ""),
        request.url.path,
        request.url.query,
        request.headers.get("if-match", ""),
    )
    return sha256("\0".join(parts).encode() + b"\0" + await request.body()).digest()


async def forget_answers(tx: Transaction, *, limit: int = 500) -> int:
    """Delete answers that are kept no longer, some at a time; how many went."""
    return await repository.purge_answers(tx.session, made_until=tx.now - KEPT, limit=limit)
