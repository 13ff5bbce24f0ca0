"""What the mails about a report have in common: worked out once, whoever gets it."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from pydantic import TypeAdapter

from taskly.boards.models import BoardAccess
from taskly.insights.rules.wording import counted
from taskly.pictures import answers
from taskly.pictures.figures import velocity_chart
from taskly.pictures.rules.palettes import Theme
from taskly.pictures.rules.velocity import VelocityChart, draw_velocity
from taskly.platform.runtime import Runtime
from taskly.reports import digest_document, sprint_document
from taskly.reports.digest_schemas import WeeklyDigest
from taskly.reports.digests import digest_from
from taskly.reports.document import Bar, Chart, Document
from taskly.reports.figures import Figures, figures_of
from taskly.reports.mailing_repository import completed_at
from taskly.reports.rules.weeks import Week
from taskly.reports.sprint_schemas import SprintReport
from taskly.reports.sprints import report_from

MOST_IN_MAIL = 10
"""So many lines each list has there; the rest is counted."""
LAST_SPRINTS = 6
"""So many stand beside each other."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing that goes along."""

    name: str
    svg: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A report as it is mailed, but for whom it goes to."""

    board_name: str
    subject: str
    document: Document
    pictures: Sequence[Picture]


LETTER = TypeAdapter(Letter)
"""Between a letter and how it is stored: for some days, and maybe until there is another version of Taskly."""


async def letter_of_week(runtime: Runtime, board: BoardAccess, week: Week) -> Letter | None:
    """The digest of a week; None if nothing happened that would be worth a mail.

    Raises:
        NotFound: the board went in this moment.
        Unavailable: much has to be folded first.
    """
    async with figures_of(runtime, board) as figures:
        digest = await digest_from(figures, week)
        if digest.is_quiet:
            return None
        pictures = [each async for each in _pictures_of_week(figures.at(digest.as_of), digest)]
    document = digest_document.document_of(digest, runtime.settings.public_url, MOST_IN_MAIL)
    return Letter(digest.board.name, _subject_of_week(digest), document, pictures)


async def letter_of_sprint(
    runtime: Runtime, board: BoardAccess, sprint_id: UUID, completed_version: int
) -> Letter | None:
    """The report of a sprint; None if it is not completed any more, or by another completion.

    Raises:
        NotFound: there is no such sprint on the board, or one of them went in this moment.
        Unavailable: much has to be folded first.
    """
    async with figures_of(runtime, board) as figures:
        at = await completed_at(figures.session, board.id, sprint_id, completed_version)
        if at is None:
            return None
        report = await report_from(figures, sprint_id)
        burndown = await answers.burndown(
            figures.about_sprint(sprint_id), Theme.LIGHT, to_keep=True
        )
        velocity = velocity_chart(await figures.velocity(LAST_SPRINTS))
    document = sprint_document.document_of(report, runtime.settings.public_url, MOST_IN_MAIL)
    pictures = [
        Picture("burndown.svg", burndown),
        Picture("velocity.svg", draw_velocity(velocity, Theme.LIGHT)),
    ]
    return Letter(
        report.board.name,
        _subject_of_sprint(report),
        replace(document, chart=_sprint_by_sprint(velocity)),
        pictures,
    )


async def _pictures_of_week(figures: Figures, digest: WeeklyDigest) -> AsyncIterator[Picture]:
    """What was done, with the weeks before, and each sprint that goes on after the week."""
    week, before = digest.week, digest.throughput.weeks_before
    first = before[0].monday if before else week.first
    done = await answers.throughput(figures.about_days(first, week.last), Theme.LIGHT)
    yield Picture("throughput.svg", done)
    running = [each.sprint.sprint_id for each in digest.sprints if not each.sprint.is_over]
    for number, sprint_id in enumerate(running, start=1):
        burndown = await answers.burndown(
            figures.about_sprint(sprint_id), Theme.LIGHT, to_keep=True
        )
        yield Picture(f"burndown{f'-{number}' if number > 1 else ''}.svg", burndown)


def _sprint_by_sprint(velocity: VelocityChart) -> Chart | None:
    """What sprints completed beside each other; nothing, if there was no sprint before."""
    if len(velocity.sprints) < 2:
        return None
    bars = [Bar(each.name, round(each.completed)) for each in velocity.sprints]
    unit = f"{velocity.unit.capitalize()} completed"
    return Chart("Sprint by sprint", unit, velocity.reading, bars)


def _subject_of_week(digest: WeeklyDigest) -> str:
    """The board, the week, and how much was done."""
    done = counted(digest.throughput.cards, "card")
    return f"{digest.board.name}, week {Week(digest.week.first).number}: {done} done"


def _subject_of_sprint(report: SprintReport) -> str:
    """The board, the sprint, and how much was done: in points, or in cards where nobody estimated."""
    about = f"{report.board.name}, {report.sprint.name}"
    if report.figures is None:
        return about
    done, scope = report.figures.completed, report.scope
    if scope.points:
        return f"{about}: {done.points} of {counted(scope.points, 'point')} done"
    return f"{about}: {done.cards} of {counted(scope.cards, 'card')} done"
