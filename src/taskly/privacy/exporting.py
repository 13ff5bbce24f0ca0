"""Everything about a person as one JSON document, read page by page: no connection waits for a slow reader."""

from collections.abc import AsyncIterator
from uuid import UUID

from taskly.kit.json import dumps
from taskly.platform.http.problems import NotSignedIn
from taskly.platform.runtime import Runtime
from taskly.privacy.repository import Section, page_of, sections
from taskly.users.access import Principal, still_signed_in

FORMAT, VERSION = "taskly.person", 1
ROWS_AT_A_TIME = 500


async def export(runtime: Runtime, principal: Principal) -> AsyncIterator[bytes]:
    """The document, part by part.

    Raises:
        NotSignedIn: the credentials have ended meanwhile. The file ends in the middle, and is no JSON.
    """
    head = {"format": FORMAT, "version": VERSION, "exported_at": runtime.clock.now()}
    yield dumps(head).removesuffix(b"}")
    for section in sections():
        yield f',"{section.name}":['.encode()
        async for part in _rows(runtime, principal, section):
            yield part
        yield b"]"
    yield b"}"


async def _rows(runtime: Runtime, principal: Principal, section: Section) -> AsyncIterator[bytes]:
    last: UUID | None = None
    while True:
        async with runtime.database.reading() as session:
            if not await still_signed_in(session, principal, runtime.clock.now()):
                raise NotSignedIn
            page = await page_of(
                session, section, principal.user_id, after=last, limit=ROWS_AT_A_TIME
            )
        text = ",".join(row[1] for row in page)
        if text:
            yield (f",{text}" if last else text).encode()
        if len(page) < ROWS_AT_A_TIME:
            return
        last = page[-1][0]
