"""Histories after which boards differed once, each with what has to be right. They are played before all others.

A counterexample that is found anew is printed as it has to stand here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.convergence.history import History, Step
from tests.convergence.lossy import Fate
from tests.convergence.stage import Weather


@dataclass(frozen=True, slots=True)
class Case:
    """A history that was a counterexample."""

    name: str
    """What is to be right."""
    history: History
    weather: Weather


CALM: tuple[Fate, ...] = ("comes",)


def _alone(*steps: Step) -> History:
    return History(repositories=1, merged_needs="any", steps=steps)


def _told(*fates: Sequence[Fate], tick: float = 1) -> Weather:
    """Deliveries fare so, one after the other; what follows comes."""
    plan = [fate for part in fates for fate in part]
    return Weather(plan=[*plan, *CALM * (100 - len(plan))], seed=0, tick=tick)


CASES: tuple[Case, ...] = (
    Case(
        "what was told of a repository before it was renamed leads to its present name",
        _alone(
            Step("push", 0, 0, 0),
            Step("open", 0, 0, 0),
            Step("review", 0, 0, 0),
            Step("check", 0, 0, 0),
            Step("rename", 0, 0, 0),
        ),
        _told(["comes"] * 3, ["lost"] * 6),
    ),
    Case(
        "commits lead to the present name of their repository, whenever they were heard of",
        _alone(Step("push", 0, 0, 0), Step("open", 0, 0, 0), Step("rename", 0, 0, 0)),
        _told(["lost"] * 3),
    ),
    Case(
        "a merge that is heard of after a later pull request completes the card",
        _alone(
            Step("push", 0, 0, 0),
            Step("open", 0, 0, 0),
            Step("merge", 0, 0, 1),
            Step("push", 0, 2, 0),
            Step("open", 0, 2, 0),
        ),
        _told(["comes"] * 3, ["lost"] * 2),
    ),
    Case(
        "a pull request that was made a draft again before it was heard of was in review",
        _alone(Step("push", 0, 0, 0), Step("open", 0, 0, 0), Step("draft", 0, 0, 0)),
        _told(["comes"] * 2, ["late"]),
    ),
    Case(
        "a card that waits for a pull request of another repository is not done before that is heard of",
        History(
            repositories=2,
            merged_needs="all",
            steps=(
                Step("push", 0, 0, 0),
                Step("open", 0, 0, 0),
                Step("push", 1, 1, 0),
                Step("open", 1, 1, 9),
                Step("merge", 0, 0, 0),
            ),
        ),
        _told(["comes"] * 3, ["lost"] * 3, ["comes"] * 2),
    ),
)
