"""The digest of a week, put together from what happened."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from taskly.boards.models import BoardAccess
from taskly.insights.card_schemas import FinishedCard
from taskly.insights.code_schemas import MergedResponse
from taskly.insights.errors import BadRange
from taskly.insights.sprint_schemas import BurndownInsight, ScopeStep
from taskly.platform.http.problems import NotFound
from taskly.platform.runtime import Runtime
from taskly.reports import repository
from taskly.reports.digest_schemas import (
    ScopeChangeInWeek,
    SprintInWeek,
    StartedCard,
    ThroughputInReport,
    WeekInReport,
    WeeklyDigest,
)
from taskly.reports.figures import Figures, figures_of
from taskly.reports.naming import board_in_report, pulls_on, thanked
from taskly.reports.rules import reading
from taskly.reports.rules.thanks import thanks
from taskly.reports.rules.weeks import Week
from taskly.reports.schemas import DeliveredCard, Listed, ThanksResponse
from taskly.reports.week import Happened, Known, Span, happened, known, standing


async def weekly_digest(runtime: Runtime, board: BoardAccess, week: Week | None) -> WeeklyDigest:
    """What happened on a board in a week: the last one that is over, unless another is named.

    Raises:
        NotFound: the board went in this moment.
        BadRange: the week has not begun.
        Unavailable: much has to be folded first.
    """
    async with figures_of(runtime, board) as figures:
        return await digest_from(figures, week)


async def digest_from(figures: Figures, week: Week | None) -> WeeklyDigest:
    """The same from figures that are at hand.

    Raises:
        NotFound: the board went in this moment.
        BadRange: the week has not begun.
    """
    board, calendar = figures.board, figures.calendar
    facts = await repository.board_facts(figures.session, board.id)
    if facts is None:
        raise NotFound
    present = Week.of(figures.today)
    span = Span(week or present.back(1), calendar, figures.as_of)
    if span.week.monday > present.monday:
        raise BadRange(f"The week {span.week.name} has not begun.")
    found = await happened(figures.at(span.as_of), span)
    beside = await known(figures.session, board, span, found)
    now = await standing(figures)
    # What is at risk now says nothing of a week that is long past.
    at_risk = now.at_risk.count if span.week.monday >= present.back(1).monday else 0
    throughput = _throughput(found, span.week, calendar.date_of(facts.created_at))
    return WeeklyDigest(
        board=board_in_report(board, facts),
        week=_week(span),
        as_of=span.as_of,
        time_zone=figures.time_zone,
        reading=_reading(found, throughput, at_risk),
        delivered=_delivered(found, beside),
        started=_started(found.started, beside),
        started_not_done=_started(found.started_not_done, beside),
        sprints=[each for each in map(_sprint, found.sprints) if each is not None],
        scope_changes=_changes(found, span, beside),
        throughput=throughput,
        unseen=_unseen(found),
        now=now,
        thanks=_thanks(found, beside),
    )


def _week(span: Span) -> WeekInReport:
    week = span.week
    return WeekInReport(name=week.name, first=week.monday, last=week.sunday, is_over=span.is_over)


def _throughput(found: Happened, week: Week, made_on: date) -> ThroughputInReport:
    """What was done, beside the weeks before in which the board was there, at least for a while."""
    weeks = {each.monday: each for each in found.throughput.weeks}
    done = weeks[week.monday].cards if week.monday in weeks else 0
    first = Week.of(made_on).monday
    before = [each for each in found.throughput.weeks if first <= each.monday < week.monday]
    counts = [each.cards for each in before]
    return ThroughputInReport(
        cards=done,
        weeks_before=before,
        average_before=sum(counts) / len(counts) if counts else None,
        reading=reading.of_throughput(done, counts),
    )


def _reading(found: Happened, throughput: ThroughputInReport, at_risk: int) -> str:
    return reading.of_week(
        throughput.reading,
        started=len(found.started),
        sprints=[(each.sprint.name, each.reading) for each in found.sprints],
        unseen=found.unseen.unseen,
        at_risk=at_risk,
    )


def _delivered(found: Happened, beside: Known) -> Listed[DeliveredCard]:
    names = beside.names

    def show(card: FinishedCard) -> DeliveredCard:
        return DeliveredCard(
            **names.of_card(card.card_id),
            points=beside.points(card.card_id),
            people=names.everybody(beside.doers(card.card_id)),
            done_at=card.done_at,
            pull_requests=pulls_on(card.card_id, beside.merged),
        )

    return Listed[DeliveredCard].of(found.done.cards, show, found.done.count)


def _started(began: Sequence[tuple[UUID, datetime]], beside: Known) -> Listed[StartedCard]:
    names = beside.names

    def show(started: tuple[UUID, datetime]) -> StartedCard:
        card_id, at = started
        return StartedCard(
            **names.of_card(card_id),
            points=beside.points(card_id),
            people=names.everybody(beside.people(card_id)),
            started_at=at,
        )

    return Listed[StartedCard].of(began, show)


def _sprint(found: BurndownInsight) -> SprintInWeek | None:
    """How a sprint stood on the last day of which something is known."""
    known_days = [day for day in found.days if day.scope is not None]
    if not known_days:
        return None
    fields = {name: getattr(known_days[-1], name) for name in ("scope", "done", "remaining")}
    return SprintInWeek(sprint=found.sprint, reading=found.reading, **fields)


def _changes(found: Happened, span: Span, beside: Known) -> Listed[ScopeChangeInWeek]:
    changes = [
        (each.sprint.name, step)
        for each in found.sprints
        for step in each.changes
        if span.holds(step.at)
    ]
    changes.sort(key=lambda each: each[1].at)

    def show(change: tuple[str, ScopeStep]) -> ScopeChangeInWeek:
        sprint_name, step = change
        shown = beside.names.change(step).model_dump()
        return ScopeChangeInWeek(**shown, sprint_name=sprint_name)

    return Listed[ScopeChangeInWeek].of(changes, show)


def _unseen(found: Happened) -> Listed[MergedResponse]:
    pulls, count = found.unseen.pull_requests, found.unseen.unseen
    return Listed[MergedResponse].of(pulls, lambda each: each, count)


def _thanks(found: Happened, beside: Known) -> list[ThanksResponse]:
    people = beside.names.people
    done_by = {each for card in found.done.cards for each in beside.doers(card.card_id)}
    doers = [people[each] for each in done_by if each in people]
    return thanked(thanks(doers, beside.reviewers))
