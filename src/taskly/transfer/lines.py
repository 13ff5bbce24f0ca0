"""The lines of a file that was sent."""

from collections.abc import AsyncIterator
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from taskly.transfer import upload_repository as repository
from taskly.transfer.errors import FileRefused, Mistake

LONGEST_LINE = 2 * 1024 * 1024


async def raw_lines(session: AsyncSession, upload_id: UUID) -> AsyncIterator[tuple[int, bytes]]:
    """The lines of a file with their numbers, piece by piece.

    Raises:
        FileRefused: a line has no end for too long.
    """
    number, rest, position = 0, b"", 0
    while (piece := await repository.part(session, upload_id, position)) is not None:
        position += 1
        *whole, rest = (rest + piece).split(b"\n")
        for line in whole:
            number += 1
            yield number, line
        if len(rest) > LONGEST_LINE:
            raise FileRefused([Mistake(number + 1, "line", "The line is too long.")])
    if rest:
        yield number + 1, rest
