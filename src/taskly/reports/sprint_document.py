"""The report of a sprint, as it is written out."""

from collections.abc import Iterator

from taskly.insights.rules.wording import day
from taskly.insights.schemas import AmountResponse
from taskly.kit.zones import zone_called
from taskly.reports.document import Document, Line, Row, Section
from taskly.reports.rules.sprint import SprintState, Went
from taskly.reports.schemas import MOST_LISTED, DeliveredCard
from taskly.reports.sprint_schemas import LeftCard, ReopenedCard, SprintReport
from taskly.reports.wording import Pen, filled, pull, row, section, thanks_to

_LEFT = {
    SprintState.PLANNED: "To come",
    SprintState.RUNNING: "Still open",
    SprintState.OVER: "Left over",
}
_WENT = {
    Went.BACKLOG: "to the backlog",
    Went.DONE: "done later",
    Went.ARCHIVED: "given up",
    Went.DELETED: "deleted",
    Went.ANOTHER_BOARD: "to another board",
    Went.NOWHERE: "still in the sprint",
}
_NOW = "As of {}."


def document_of(report: SprintReport, public_url: str, most: int = MOST_LISTED) -> Document:
    """The report in its parts, with as many lines in each list as is wanted."""
    pen = Pen(public_url, zone_called(report.time_zone))
    sprint, board = report.sprint, report.board
    return Document(
        heading=sprint.name,
        under=f"{board.workspace_name} / {board.name}, {day(sprint.starts_on)} to {day(sprint.ends_on)}",
        goal=sprint.goal,
        reading=report.reading,
        rows=list(_rows(report)),
        sections=filled(_sections(report, pen, most)),
    )


def _rows(report: SprintReport) -> Iterator[Row]:
    found = report.figures
    if found is None:
        yield row("Planned", report.scope)
        return
    yield row("Committed", found.committed)
    yield row("Added", found.added, sign=True)
    gone = AmountResponse(cards=-found.removed.cards, points=-found.removed.points)
    yield row("Removed", gone, sign=True)
    yield row("Estimated anew", found.estimated, sign=True)
    yield row("Completed", found.completed)
    yield row(_LEFT[report.sprint.state], found.left)


def _sections(report: SprintReport, pen: Pen, most: int) -> Iterator[Section]:
    now = _NOW.format(pen.day(report.as_of))

    def delivered(card: DeliveredCard) -> Line:
        return pen.work(card, pen.day(card.done_at), *map(pull, card.pull_requests))

    def reopened(found: ReopenedCard) -> Line:
        who = None if found.by is None else f"by {found.by.name}"
        return pen.line(found.card, who, pen.day(found.at))

    yield section("Delivered", report.delivered, delivered, most=most)
    left = _LEFT[report.sprint.state]
    yield section(left, report.left, lambda card: pen.work(card, _went(card)), most=most)
    yield section("Changes of the scope", report.scope_changes, pen.change, most=most)
    yield section("Reopened", report.reopened, reopened, most=most)
    yield section("At risk", report.now.at_risk, pen.risk, most=most, about=now)
    yield section("Apart from the code", report.now.drift, pen.drift, most=most, about=now)
    yield thanks_to(report.thanks)


def _went(card: LeftCard) -> str | None:
    to = card.destination
    if to is None:
        return None
    return _WENT.get(to.went, f"to {to.sprint_name or 'a sprint that is gone'}")
