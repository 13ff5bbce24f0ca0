"""Answers about pull requests: how long they waited, and what nobody had seen on a board."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from uuid import UUID

from taskly.insights.card_answers import MOST_CARDS
from taskly.insights.card_schemas import seconds
from taskly.insights.code_asking import AskedOfCode
from taskly.insights.code_schemas import (
    MergedResponse,
    ReviewedResponse,
    ReviewsInsight,
    UnseenInsight,
    UnseenWeek,
    named,
)
from taskly.insights.pull_request_repository import MergedPullRequest
from taskly.insights.rules import readings
from taskly.insights.rules.days import INSTANT
from taskly.insights.rules.definitions import Metric
from taskly.insights.rules.histories import CardHistory, Selection
from taskly.insights.rules.reviewing import review_times
from taskly.insights.rules.unseen import Merged, unseen_work
from taskly.insights.schemas import PercentilesResponse, frame

MOST_PULL_REQUESTS = MOST_CARDS
REVIEWING = (
    Metric.TIME_TO_FIRST_REVIEW,
    Metric.REVIEW_TIME,
    Metric.MERGE_TIME,
    Metric.PERCENTILE,
)


def reviews(of: AskedOfCode) -> ReviewsInsight:
    """How long pull requests took that are on the cards that are asked for."""
    selection = of.asked.question.selection
    pulls = [pull for pull in of.pulls if pull.card_ids and _is_asked(pull, of.cards, selection)]
    found = review_times([pull.reviewed for pull in pulls], of.asked.calendar, of.first, of.last)
    return ReviewsInsight(
        **frame(of.asked, readings.review_times(found), *REVIEWING),
        range=of.range,
        merged=found.merged,
        reviewed=found.reviewed,
        first_review=PercentilesResponse.of(found.first_review),
        review=PercentilesResponse.of(found.review),
        merge=PercentilesResponse.of(found.merge),
        pull_requests=[_reviewed(of, pull) for pull in pulls[-MOST_PULL_REQUESTS:]],
    )


def _is_asked(
    pull: MergedPullRequest, cards: Mapping[UUID, CardHistory], selection: Selection
) -> bool:
    """Whether one of its cards was what is asked for when it was merged."""
    if selection == Selection():
        return True
    histories = (cards[card_id] for card_id in pull.card_ids if card_id in cards)
    steps = (card.before(pull.merged_at + INSTANT) for card in histories)
    return any(step is not None and selection.admits(step) for step in steps)


def _reviewed(of: AskedOfCode, pull: MergedPullRequest) -> ReviewedResponse:
    # The percentiles of one are its times, so that the rule stands once.
    own = review_times([pull.reviewed], of.asked.calendar, of.first, of.last)
    first, review, merge = (
        each and seconds(each.p50) for each in (own.first_review, own.review, own.merge)
    )
    return ReviewedResponse(
        **named(pull),
        card_ids=list(pull.card_ids),
        first_review=first,
        review=review,
        merge=merge or 0,
    )


def unseen(of: AskedOfCode) -> UnseenInsight:
    """What was merged in the board's repositories and was on no card before."""
    merged = [pull.merged for pull in of.pulls]
    found = unseen_work(merged, of.asked.calendar, of.first, of.last)
    hidden = [pull for pull in of.pulls if pull.merged.is_unseen]
    return UnseenInsight(
        **frame(of.asked, readings.unseen_work(found), Metric.UNSEEN_WORK),
        range=of.range,
        merged=found.merged,
        unseen=found.unseen,
        earlier=found.earlier,
        share=found.share,
        weeks=list(_weeks(of)),
        pull_requests=[MergedResponse(**named(pull)) for pull in hidden[-MOST_PULL_REQUESTS:]],
    )


def _weeks(of: AskedOfCode) -> Iterator[UnseenWeek]:
    calendar = of.asked.calendar
    by_monday: defaultdict[date, list[Merged]] = defaultdict(list)
    for pull in of.pulls:
        by_monday[_monday_of(calendar.date_of(pull.merged_at))].append(pull.merged)
    monday = _monday_of(of.first)
    while monday <= of.last:
        week = unseen_work(by_monday[monday], calendar, of.first, of.last)
        yield UnseenWeek(monday=monday, merged=week.merged, unseen=week.unseen)
        monday += timedelta(days=7)


def _monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())
