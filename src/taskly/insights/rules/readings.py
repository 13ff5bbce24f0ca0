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


def _unit(scope: Amount) -> _Unit:
    return _Unit("point" if scope.points else "card")


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
        left = counted(now.remaining.cards, "card")
        return f"{name} ended with {done} done and {left} left over."
    remaining = unit.of(now.remaining)
    return (
        f"{done} {verb(unit.of(now.done), 'is', 'are')} done and {number(remaining)} "
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
    now, unit = last.standing, _unit(last.standing.scope + burn.commitment)
    grown, done = unit.of(now.scope) - unit.of(burn.commitment), unit.of(now.done)
    changed = "is still"
    if grown:
        changed = f"{'grew' if grown > 0 else 'shrank'} by {number(abs(grown))} to"
    return (
        f"The scope of {name} {changed} {unit.said(now.scope)}, "
        f"of which {number(done)} {verb(done, 'is', 'are')} done."
    )


def velocity(found: Velocity) -> str:
    """What a sprint completes, give or take."""
    points, cards = found.points, found.cards
    if points is None or cards is None:
        return "No sprint has been completed yet."
    spread, thing = (points, "point") if points.highest else (cards, "card")
    mean = counted(spread.mean, thing)
    if spread.deviation is None:
        return f"The only completed sprint completed {mean}."
    return (
        f"The last {len(found.sprints)} sprints completed {mean} on average, give or take "
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
        progress = f"{'grew' if now > before else 'fell'} from {before} to {counted(now, 'card')}"
    done = last[Category.DONE] - first[Category.DONE]
    finished = (
        counted(abs(done), "more card" if done > 0 else "fewer card") if done else "no more cards"
    )
    return (
        f"Over {counted(len(flow), 'day')} work in progress {progress}, "
        f"and {finished} {verb(abs(done), 'is', 'are')} done."
    )


def cycle_time(found: Durations) -> str:
    """Within what time cards are done once work on them has begun."""
    return _within(found.cycle_time, "of the beginning of work")


def lead_time(found: Durations) -> str:
    """Within what time cards are done once they are made."""
    return _within(found.lead_time, "of being made")


def _within(found: Percentiles | None, of_what: str) -> str:
    if found is None:
        return "No card was done on these days."
    if found.count == 1:
        return f"The only card that was done was so within {lasting(found.p85)} {of_what}."
    return (
        f"{SURE} % of {found.count} cards were done within {lasting(found.p85)} {of_what}, "
        f"half of them within {lasting(found.p50)}."
    )


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
        return f"{counted(len(found), 'card')} in progress, and none finished to compare with."
    old = sum((each.older_than or 0) >= SURE for each in found)
    return (
        f"{old or 'None'} of {counted(len(found), 'card')} in progress "
        f"{verb(old, 'has', 'have')} taken longer than {SURE} % of the finished cards."
    )


def throughput(found: Sequence[DoneOnDay]) -> str:
    """How many cards are done in a week."""
    if not found:
        return "None of these days has begun."
    done = sum(each.cards for each in found)
    weekly = number(7 * done / len(found))
    was = verb(done, "was", "were")
    return f"{counted(done, 'card')} {was} done in {counted(len(found), 'day')}: {weekly} a week."


def when_done(found: WhenDone | None) -> str:
    """By when cards are done."""
    if found is None:
        return "Nothing was done in the days to draw from, so nothing can be said."
    by = next(each.day for each in found.likely if each.percent == SURE)
    cards = counted(found.cards, "card")
    if by is None:
        return f"{cards}: less than {SURE} % within {HORIZON_DAYS} days."
    return f"{cards}: {SURE} % by {day(by)}."


def how_many(found: HowMany | None) -> str:
    """How many cards are done by a day."""
    if found is None:
        return f"Nothing was done in the days to draw from, or the day is farther than {HORIZON_DAYS} days ahead."
    return f"By {day(found.by)}: {SURE} % for {counted(dict(found.likely)[SURE], 'card')} or more."


def unseen_work(found: UnseenWork) -> str:
    """How much was merged that nobody had seen on the board."""
    if not found.earlier:
        return _unseen(found)
    were = verb(found.earlier, "was", "were")
    earlier = f"{counted(found.earlier, 'pull request')} {were} merged before"
    if found.share is None:
        return f"Nothing was merged on these days since the repository was connected; {earlier}."
    return f"{_unseen(found)} {earlier} the repository was connected, and {were} not counted."


def _unseen(found: UnseenWork) -> str:
    if found.share is None:
        return "Nothing was merged on these days."
    if not found.unseen:
        return (
            f"All that was merged ({counted(found.merged, 'pull request')}) was on a card before."
        )
    was = verb(found.unseen, "was", "were")
    return (
        f"{found.unseen} of {counted(found.merged, 'merged pull request')} "
        f"({percent(found.share)}) {was} on no card before."
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
