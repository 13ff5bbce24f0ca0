"""The lines of a file that was sent."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from taskly.transfer import upload_repository as repository
from taskly.transfer.errors import FileRefused, Mistake

LONGEST_LINE = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Piece:
    """Some lines of a file, so many that working on them takes a moment."""

    lines: list[tuple[int, bytes]]
    """With their numbers. The first line of a file is its head, and is not among them."""
    read: int
    """How many bytes of the file have been read with them."""


async def pieces(session: AsyncSession, upload_id: UUID) -> AsyncIterator[Piece]:
    """The lines of a file after its head, piece by piece as it came.

    Raises:
        FileRefused: a line has no end for too long.
    """
    number, rest, position, read = 0, b"", 0, 0
    while (part := await repository.part(session, upload_id, position)) is not None:
        position += 1
        read += len(part)
        *whole, rest = (rest + part).split(b"\n")
        yield _piece(number, whole, read)
        number += len(whole)
        if len(rest) > LONGEST_LINE:
            raise FileRefused([Mistake(number + 1, "line", "The line is too long.")])
    if rest:
        yield _piece(number, [rest], read)


def _piece(before: int, lines: list[bytes], read: int) -> Piece:
    numbered = [(number, line) for number, line in enumerate(lines, before + 1) if number > 1]
    return Piece(numbered, read)
