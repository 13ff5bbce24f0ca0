"""Every figure of insights, worked out from a board's whole past, beside the answers that the API gives."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from taskly.boards.rules import Category
from taskly.insights import card_schemas, sprint_schemas
from taskly.insights.rules.burning import burn
from taskly.insights.rules.days import INSTANT, WorkCalendar
from taskly.insights.rules.forecast import Pace, when_done
from taskly.insights.rules.histories import CardHistory, Presence, Selection, select
from taskly.insights.rules.sprints import window
from taskly.platform.http.schema import Response
from tests.support.actors import Actor, Json, expect
from tests.support.whole_past import (
    BoardPast,
    ageing_of,
    durations_of,
    flow_of,
    throughput_of,
    velocity_of,
)

Figures = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What is asked about a board, of every figure."""

    selection: Selection
    first: date
    last: date
    as_of: datetime
    is_now: bool = False
    """Whether the moment is left out, as it is the present one."""

    @property
    def query(self) -> Json:
        """The same as the API takes it."""
        return {
            "from": self.first.isoformat(),
            "to": self.last.isoformat(),
            **({} if self.is_now else {"as_of": self.as_of.isoformat()}),
            "sprint": [str(each) for each in self.selection.sprint_ids],
            "label": [str(each) for each in self.selection.label_ids],
            "assignee": [str(each) for each in self.selection.assignee_ids],
        }


def recomputed(past: BoardPast, calendar: WorkCalendar, inquiry: Inquiry) -> Figures:
    """All figures from the whole past."""
    cards, as_of = select(past.cards, inquiry.selection), inquiry.as_of
    days = inquiry.first, inquiry.last
    found = durations_of(past.cards, calendar, *days, as_of, inquiry.selection)
    ages = ageing_of(cards, [card.cycle_time for card in found.cards], as_of)
    chosen = inquiry.selection.sprint_ids
    sprints = [each for each in past.sprints if not chosen or each.sprint_id in chosen]
    closed = velocity_of(
        [each for each in sprints if _closes_within(window(each, calendar, as_of), calendar, days)],
        cards,
        calendar,
        as_of,
    )
    return {
        "flow": [
            _told(card_schemas.FlowDayResponse.of(day))
            for day in flow_of(cards, calendar, *days, as_of)
        ],
        "durations": [_told(card_schemas.FinishedCard.of(card)) for card in found.cards],
        "ageing": [_told(card_schemas.AgeingCard.of(card)) for card in ages],
        "throughput": [
            _told(card_schemas.ThroughputDay.of(day))
            for day in throughput_of(cards, calendar, *days, as_of)
        ],
        "velocity": [_told(sprint_schemas.OutcomeResponse.of(each)) for each in closed.sprints],
        "forecast": _forecast(past, cards, calendar, inquiry),
        "burndown": dict(_burndowns(past, calendar, inquiry)),
    }


def _told(response: Response) -> Json:
    shown: Json = response.model_dump(mode="json")
    return shown


def _closes_within(found: Any, calendar: WorkCalendar, days: tuple[date, date]) -> bool:
    return found is not None and days[0] <= calendar.date_of(found.closes_at - INSTANT) <= days[1]


def _forecast(
    past: BoardPast, cards: tuple[CardHistory, ...], calendar: WorkCalendar, inquiry: Inquiry
) -> list[Any]:
    team = select(past.cards, Selection(assignee_ids=inquiry.selection.assignee_ids))
    today = calendar.date_of(inquiry.as_of)
    over = min(calendar.start_of(today) - INSTANT, inquiry.as_of)
    pace = Pace.of(throughput_of(team, calendar, inquiry.first, inquiry.last, over))
    steps = [card.before(inquiry.as_of + INSTANT) for card in cards]
    left = sum(
        step is not None
        and step.presence is Presence.ON_BOARD
        and step.category is not Category.DONE
        for step in steps
    )
    first = today + timedelta(days=1)
    likely = when_done(left, pace, calendar, first, seed=1) if left else None
    told = card_schemas.ForecastInsight.likely_days(likely)
    return [left, told and [_told(each) for each in told]]


def _burndowns(
    past: BoardPast, calendar: WorkCalendar, inquiry: Inquiry
) -> Iterator[tuple[str, Json]]:
    people = Selection(
        label_ids=inquiry.selection.label_ids, assignee_ids=inquiry.selection.assignee_ids
    )
    cards = select(past.cards, people)
    for sprint in past.sprints:
        found = burn(sprint, cards, calendar, inquiry.as_of)
        if found is not None:
            days = [_told(sprint_schemas.BurnDayResponse.of(day)) for day in found.days]
            changes = [_told(sprint_schemas.ScopeStep.of(each)) for each in found.changes]
            reopened = [(each.at.isoformat(), str(each.card_id)) for each in found.reopenings]
            yield (
                str(sprint.sprint_id),
                {
                    "days": days,
                    "changes": sorted(changes, key=str),
                    "reopenings": sorted(reopened),
                },
            )


async def answered(actor: Actor, board: Json, past: BoardPast, inquiry: Inquiry) -> Figures:
    """The same figures as the API tells them."""

    async def ask(figure: str, **query: Any) -> Json:
        path = f"/boards/{board['id']}/insights/{figure}"
        shown: Json = expect(await actor.request("GET", path, params=inquiry.query | query), 200)
        return shown

    forecast = await ask("forecast")
    burndowns = {}
    for sprint in past.sprints:
        path = f"/boards/{board['id']}/insights/burndown"
        query = {**inquiry.query, "sprint": str(sprint.sprint_id)}
        del query["from"], query["to"]
        answer = await actor.request("GET", path, params=query)
        if answer.is_success:
            shown = answer.json()
            burndowns[query["sprint"]] = {
                "days": shown["days"],
                "changes": sorted(shown["changes"], key=str),
                "reopenings": sorted(
                    (datetime.fromisoformat(each["at"]).isoformat(), each["card_id"])
                    for each in shown["reopenings"]
                ),
            }
    return {
        "flow": (await ask("flow"))["days"],
        "durations": (await ask("durations"))["cards"],
        "ageing": (await ask("ageing"))["cards"],
        "throughput": (await ask("throughput"))["days"],
        "velocity": (await ask("velocity", last=50))["sprints"],
        "forecast": [forecast["cards"], forecast["when_done"]],
        "burndown": burndowns,
    }
