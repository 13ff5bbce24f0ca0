"""The digest of a week, as it is written out."""

from collections.abc import Iterator
from datetime import date

from taskly.insights.code_schemas import MergedResponse
from taskly.insights.rules.wording import day
from taskly.kit.zones import zone_called
from taskly.reports.digest_schemas import (
    ScopeChangeInWeek,
    SprintInWeek,
    StartedCard,
    WeeklyDigest,
)
from taskly.reports.document import Bar, Chart, Document, Line, Link, Section
from taskly.reports.rules.reading import going_on
from taskly.reports.rules.weeks import Week
from taskly.reports.schemas import MOST_LISTED, DeliveredCard
from taskly.reports.wording import Pen, filled, pull, section, thanks_to


def document_of(digest: WeeklyDigest, public_url: str, most: int = MOST_LISTED) -> Document:
    """The digest in its parts, with as many lines in each list as is wanted."""
    pen = Pen(public_url, zone_called(digest.time_zone))
    board, week = digest.board, digest.week
    so_far = "" if week.is_over else ", so far"
    return Document(
        heading=f"{board.name}, week {Week(week.first).number}",
        under=f"{board.workspace_name}, {day(week.first)} to {day(week.last)}{so_far}",
        reading=digest.reading,
        sections=filled(_sections(digest, pen, most)),
        chart=_chart(digest),
    )


def _sections(digest: WeeklyDigest, pen: Pen, most: int) -> Iterator[Section]:
    now = f"As of {pen.day(digest.now.as_of)}."

    def delivered(card: DeliveredCard) -> Line:
        return pen.work(card, pen.day(card.done_at), *map(pull, card.pull_requests))

    def started(card: StartedCard) -> Line:
        return pen.work(card, pen.day(card.started_at))

    def changed(change: ScopeChangeInWeek) -> Line:
        return pen.change(change, change.sprint_name)

    def unseen(merged: MergedResponse) -> Line:
        return Line(merged.title, pull(merged), [Link(pen.day(merged.merged_at))])

    if digest.sprints:
        today = pen.date(digest.as_of)
        yield Section("Sprints", [_sprint(each, today) for each in digest.sprints])
    yield section("Delivered", digest.delivered, delivered, most=most)
    yield section("Started, and not done yet", digest.started_not_done, started, most=most)
    yield section("Changes of the scope", digest.scope_changes, changed, most=most)
    yield section("Merged, and on no card before", digest.unseen, unseen, most=most)
    yield section("At risk", digest.now.at_risk, pen.risk, most=most, about=now)
    yield section("Apart from the code", digest.now.drift, pen.drift, most=most, about=now)
    yield thanks_to(digest.thanks)


def _sprint(each: SprintInWeek, today: date) -> Line:
    notes = [Link(each.reading.removesuffix("."))]
    if not each.sprint.is_over:
        notes.insert(0, Link(going_on(each.sprint.ends_on, today)))
    return Line(each.sprint.name, notes=notes)


def _chart(digest: WeeklyDigest) -> Chart:
    weeks = [(each.monday, each.cards) for each in digest.throughput.weeks_before]
    weeks.append((digest.week.first, digest.throughput.cards))
    bars = [Bar(_name(monday), cards) for monday, cards in weeks]
    return Chart("Week by week", "Cards done", digest.throughput.reading, bars)


def _name(monday: date) -> str:
    return f"Week {Week(monday).number}"
