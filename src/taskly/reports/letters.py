"""What the mails about a report have in common: worked out once, whoever gets it."""

from dataclasses import dataclass

from pydantic import TypeAdapter

from taskly.boards.models import BoardAccess
from taskly.insights.rules.wording import counted
from taskly.platform.runtime import Runtime
from taskly.reports.digest_document import document_of
from taskly.reports.digest_schemas import WeeklyDigest
from taskly.reports.digests import weekly_digest
from taskly.reports.document import Document
from taskly.reports.rules.weeks import Week

MOST_IN_MAIL = 10
"""So many lines each list has there; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A report as it is mailed, but for whom it goes to."""

    board_name: str
    subject: str
    document: Document


LETTER = TypeAdapter(Letter)
"""Between a letter and how it is stored."""


async def letter_of_week(runtime: Runtime, board: BoardAccess, week: Week) -> Letter | None:
    """The digest of a week; None if nothing happened that would be worth a mail.

    Raises:
        NotFound: the board went in this moment.
        Unavailable: much has to be folded first.
    """
    digest = await weekly_digest(runtime, board, week)
    if digest.is_quiet:
        return None
    document = document_of(digest, runtime.settings.public_url, MOST_IN_MAIL)
    return Letter(digest.board.name, subject_of_week(digest), document)


def subject_of_week(digest: WeeklyDigest) -> str:
    """The board, the week, and how much was done."""
    done = counted(digest.throughput.cards, "card")
    return f"{digest.board.name}, week {Week(digest.week.first).number}: {done} done"
