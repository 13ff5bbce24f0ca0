"""Each answer in one sentence, for those who look at no chart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from taskly.boards.rules import Category
from taskly.insights.rules.amounts import Amount
from taskly.insights.rules.burning import Burn, BurnDay, Ideal
from taskly.insights.rules.durations import Ageing, Durations
from taskly.insights.rules.flow import FlowDay
from taskly.insights.rules.forecast import HORIZON_DAYS, HowMany, WhenDone
from taskly.insights.rules.percentiles import Percentiles
from taskly.insights.rules.reviewing import ReviewTimes
from taskly.insights.rules.throughput import DoneOnDay
from taskly.insights.rules.unseen import UnseenWork
from taskly.insights.rules.velocity import Velocity
from taskly.insights.rules.wording import counted, day, lasting, number, percent, verb

WEEK = 7
SURE = 85
"""The percentage that sentences speak of; answers have the others, too."""


@dataclass(frozen=True, slots=True)
class _Unit:
    """What a sentence counts: points, or cards where nobody estimated."""

    name: str

    def of(self, amount: Amount | Ideal) -> float:
        return amount.points if self.name == "point" else amount.cards

    def said(self, amount: Amount | Ideal) -> str:
        return counted(self.of(amount), self.name)


def unit_of(points: int) -> str:
    """What is counted where work comes to so many points: cards, if nobody estimated."""
    return "point" if points else "card"


def _unit(scope: Amount) -> _Unit:
    return _Unit(unit_of(scope.points))


def burndown(burn: Burn) -> str:
    """What remains, beside the ideal line or in the end."""
    last, name = burn.last, burn.window.name
    if last is None or last.standing is None:
        return f"{name} has not begun."
    now, unit = last.standing, _unit(last.standing.scope)
    if not now.scope.cards:
        return f"{name} has no cards."
    done = f"{number(unit.of(now.done))} of {unit.said(now.scope)}"
    if burn.window.is_over:
        left = counted(now.remaining.cards, "card") if now.remaining.cards else "nothing"
        return f"{name} ended with {done} done and {left} left over."
    is_done = f"{done} {verb(unit.of(now.done), 'is', 'are')} done"
    if not now.remaining.cards:
        return f"{is_done}, and nothing remains."
    remaining = unit.of(now.remaining)
    return (
        f"{is_done} and {number(remaining)} "
        f"{verb(remaining, 'remains', 'remain')}{_beside_ideal(last, remaining, unit)}."
    )


def _beside_ideal(last: BurnDay, remaining: float, unit: _Unit) -> str:
    if last.ideal is None:
        return ""
    behind = remaining - unit.of(last.ideal)
    if number(abs(behind)) == "0":
        return ", as on the ideal line"
    return f", {number(abs(behind))} {'more' if behind > 0 else 'less'} than on the ideal line"


def burnup(burn: Burn) -> str:
    """How the scope changed since the sprint opened, and what of it is done."""
    last, name = burn.last, burn.window.name
    if last is None or last.standing is None or burn.commitment is None:
        return f"{name} has not begun."
    now, unit = last.standing, _unit(last.standing.scope)
    grown, done = unit.of(now.scope) - unit.of(burn.commitment), unit.of(now.done)
    changed = "is still"
    if grown:
        changed = f"{'grew' if grown > 0 else 'shrank'} by {number(abs(grown))} to"
    if not now.scope.cards:
        return f"The scope of {name} {changed} nothing."
    return (
        f"The scope of {name} {changed} {unit.said(now.scope)}, "
        f"of which {number(done) if done else 'none'} {verb(done, 'is', 'are')} done."
    )


def velocity(found: Velocity) -> str:
    """What a sprint completes, give or take."""
    points, cards = found.points, found.cards
    if points is None or cards is None:
        return "No sprint has been completed yet."
    thing = unit_of(points.highest)
    spread = points if thing == "point" else cards
    mean = counted(spread.mean, thing) if spread.highest else "nothing"
    if spread.deviation is None:
        return f"The only sprint that is over completed {mean}."
    sprints = f"The last {len(found.sprints)} sprints"
    if spread.lowest == spread.highest:
        return f"{sprints} completed {mean}{' each' if spread.highest else ''}."
    return (
        f"{sprints} completed {mean} on average, give or take "
        f"{number(spread.deviation)} (from {spread.lowest} to {spread.highest})."
    )


def cumulative_flow(flow: Sequence[FlowDay]) -> str:
    """How work in progress and what is done changed."""
    if not flow or not any(each.cards for each in flow):
        return "There were no cards on these days."
    first, last = flow[0].by_category, flow[-1].by_category
    before, now = first[Category.IN_PROGRESS], last[Category.IN_PROGRESS]
    progress = f"stayed at {counted(now, 'card')}"
    if now != before:
        changed = "grew" if now > before else "fell"
        progress = f"{changed} from {before} to {counted(now, 'card')}"
    done = last[Category.DONE] - first[Category.DONE]
    finished = "as many cards are done as before"
    if done:
        more = counted(abs(done), "more card" if done > 0 else "fewer card")
        finished = f"{more} {verb(abs(done), 'is', 'are')} done"
    return f"Over {counted(len(flow), 'day')} work in progress {progress}, and {finished}."


def cycle_time(found: Durations) -> str:
    """Within what time cards are done once work on them has begun."""
    return _within(found.cycle_time, "the beginning of work")


def lead_time(found: Durations) -> str:
    """Within what time cards are done once they are made."""
    return _within(found.lead_time, "being made")


def _within(found: Percentiles | None, what: str) -> str:
    if found is None:
        return "No card was done on these days."
    if found.count == 1:
        return f"The only card that was done took {lasting(found.p85)} from {what}."
    most, half = lasting(found.p85), lasting(found.p50)
    sooner = "" if half == most else f", half of them within {half}"
    return f"{SURE} % of {found.count} cards were done within {most} of {what}{sooner}."


def time_in_columns(found: Durations, names: Mapping[UUID, str]) -> str:
    """Where cards stay longest."""
    stays = [(stay.p85, names[column_id]) for column_id, stay in found.in_columns.items()]
    if not stays:
        return "No card was done on these days."
    longest, name = max(stays)
    return f"Cards stay longest in {name}: {SURE} % of them up to {lasting(longest)}."


def ageing(found: Sequence[Ageing]) -> str:
    """How much of the work in progress is older than it should be."""
    if not found:
        return "Nothing is in progress."
    if all(each.share_sooner is None for each in found):
        are = verb(len(found), "is", "are")
        return f"{counted(len(found), 'card')} {are} in progress, and none was finished to compare with."
    old = sum((each.older_than or 0) >= SURE for each in found)
    longer = f"taken longer than {SURE} % of the finished cards"
    if len(found) == 1:
        return f"The only card in progress has {'' if old else 'not '}{longer}."
    has = verb(old or 1, "has", "have")
    return f"{old or 'None'} of {len(found)} cards in progress {has} {longer}."


def throughput(found: Sequence[DoneOnDay]) -> str:
    """How many cards are done in a week."""
    if not found:
        return "None of these days has begun."
    done = sum(each.cards for each in found)
    cards = f"{counted(done, 'card') if done else 'No card'} {verb(done or 1, 'was', 'were')}"
    # What is less than a week says nothing of weeks.
    weekly = f": {number(WEEK * done / len(found))} a week" if done and len(found) > WEEK else ""
    return f"{cards} done in {counted(len(found), 'day')}{weekly}."


def when_done(found: WhenDone | None) -> str:
    """By when cards are done."""
    if found is None:
        return "Nothing was done in the days to draw from, so nothing can be said."
    by = next(each.day for each in found.likely if each.percent == SURE)
    cards = f"{counted(found.cards, 'card')} {verb(found.cards, 'is', 'are')} done"
    if by is None:
        return f"It is less than {SURE} % sure that {cards} within {HORIZON_DAYS} days."
    return f"It is {SURE} % sure that {cards} by {day(by)}."


def how_many(found: HowMany | None) -> str:
    """How many cards are done by a day."""
    if found is None:
        return f"Nothing was done in the days to draw from, or the day is farther than {HORIZON_DAYS} days ahead."
    cards = dict(found.likely)[SURE]
    if not cards:
        return f"It is less than {SURE} % sure that any card is done by {day(found.by)}."
    done = f"{counted(cards, 'card')} or more {verb(cards, 'is', 'are')} done"
    return f"It is {SURE} % sure that {done} by {day(found.by)}."


def unseen_work(found: UnseenWork) -> str:
    """How much was merged that nobody had seen on the board."""
    if not found.earlier:
        return _unseen(found)
    were = verb(found.earlier, "was", "were")
    whose = verb(found.earlier, "its", "their")
    pulls = counted(found.earlier, "pull request")
    earlier = f"{pulls} {were} merged before {whose} repository was connected"
    if found.share is None:
        return f"Nothing was merged on these days that counts: {earlier}."
    return f"{_unseen(found)} {earlier}, and {were} not counted."


def _unseen(found: UnseenWork) -> str:
    if found.share is None:
        return "Nothing was merged on these days."
    if found.merged == 1:
        return f"The only merged pull request was on {'no' if found.unseen else 'a'} card before."
    if not found.unseen:
        return f"All {found.merged} merged pull requests were on a card before."
    was = verb(found.unseen, "was", "were")
    share = percent(found.share)
    return (
        f"{found.unseen} of {found.merged} merged pull requests ({share}) {was} on no card before."
    )


def review_times(found: ReviewTimes) -> str:
    """How soon pull requests are reviewed and merged."""
    if found.merge is None:
        return "Nothing was merged on these days."
    merged = _half(found.merged, "pull request", f"was merged within {lasting(found.merge.p50)}")
    if found.first_review is None:
        return f"Nobody had reviewed what was merged. {merged}"
    sooner = f"had the first review within {lasting(found.first_review.p50)}"
    return f"{_half(found.reviewed, 'reviewed pull request', sooner)} {merged}"


def _half(count: int, thing: str, what: str) -> str:
    """What holds for half of some things, or for the only one."""
    if count == 1:
        return f"The only {thing} {what}."
    return f"Of {counted(count, thing)} half {what.replace('was ', 'were ', 1)}."
