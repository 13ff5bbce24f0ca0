"""What each figure means: the one place where it is said.

Whoever shows a figure shows its text from here; a test holds that the guide does.
"""

import enum
from dataclasses import dataclass


class Metric(enum.StrEnum):
    """Everything that insights tell."""

    SCOPE = "scope"
    COMMITMENT = "commitment"
    BURNDOWN = "burndown"
    BURNUP = "burnup"
    IDEAL_LINE = "ideal_line"
    VELOCITY = "velocity"
    CUMULATIVE_FLOW = "cumulative_flow"
    CYCLE_TIME = "cycle_time"
    LEAD_TIME = "lead_time"
    TIME_IN_COLUMN = "time_in_column"
    PERCENTILE = "percentile"
    AGE = "age"
    THROUGHPUT = "throughput"
    FORECAST = "forecast"
    TIME_TO_FIRST_REVIEW = "time_to_first_review"
    REVIEW_TIME = "review_time"
    MERGE_TIME = "merge_time"
    UNSEEN_WORK = "unseen_work"


@dataclass(frozen=True, slots=True)
class Definition:
    """A figure in words and as a formula, and where it comes from."""

    name: str
    words: str
    formula: str
    source: str


SCRUM_GUIDE = "The Scrum Guide, Ken Schwaber and Jeff Sutherland, 2020"
KANBAN_GUIDE = "The Kanban Guide, John Coleman and Daniel Vacanti, 2020"
ACTIONABLE_METRICS = "Actionable Agile Metrics for Predictability, Daniel Vacanti, 2015"

DEFINITIONS: dict[Metric, Definition] = {
    Metric.SCOPE: Definition(
        "Scope",
        "The work of a sprint at a moment: all cards that are in it then and count, in points and in cards. A card without "
        "an estimate has no points. A card that was done before the sprint is no work of it, until it is reopened: before its "
        "first day, and before it opened.",
        "scope(t) = sum of points of cards with sprint(t) = sprint, without those done before its first day and before it opened",
        "Ours. Sprint backlog as a plan that changes while the sprint runs: " + SCRUM_GUIDE,
    ),
    Metric.COMMITMENT: Definition(
        "Commitment",
        "The scope at the moment when the sprint opened: when somebody started it, or else when its first day began.",
        "commitment = scope(opening)",
        "Ours. The Scrum Guide calls it the items selected for the sprint: " + SCRUM_GUIDE,
    ),
    Metric.BURNDOWN: Definition(
        "Burndown",
        "What of the scope is not done at the end of each day. A reopened card remains again; a card that leaves the sprint, "
        "the board or is archived unfinished remains no more.",
        "remaining(day) = scope(end of day) - done(end of day)",
        "Named as a practice, without a rule for counting: " + SCRUM_GUIDE,
    ),
    Metric.BURNUP: Definition(
        "Burnup",
        "What of the scope is done at the end of each day, below the line of the scope itself.",
        "done(day) = sum of points of cards of the scope in a done column at the end of the day",
        "Named as a practice, without a rule for counting: " + SCRUM_GUIDE,
    ),
    Metric.IDEAL_LINE: Definition(
        "Ideal line",
        "What would remain if the same part of the commitment were done on each working day of the sprint as it is planned "
        "now. It is drawn anew when the sprint gets other days.",
        "ideal(day) = commitment * (1 - working days up to the day / working days of the sprint)",
        "Common practice of burndown charts. That weekends are left out is ours",
    ),
    Metric.VELOCITY: Definition(
        "Velocity",
        "The points and cards of its scope that a sprint had completed when it closed: when somebody completed it, or else "
        "at the end of its last day. Of several sprints: the mean, the standard deviation of a sample, and the range.",
        "velocity = done(closing);  mean = sum / n;  deviation = sqrt(sum of (velocity - mean)^2 / (n - 1))",
        "Planning Extreme Programming, Kent Beck and Martin Fowler, 2000",
    ),
    Metric.CUMULATIVE_FLOW: Definition(
        "Cumulative flow",
        "How many cards are in each column, and in columns of each category, at the end of each day. Cards archived when "
        "they were done stay counted; those archived unfinished, deleted or taken to another board do not.",
        "flow(day, column) = number of cards with column(end of day) = column",
        ACTIONABLE_METRICS,
    ),
    Metric.CYCLE_TIME: Definition(
        "Cycle time",
        "The time that passes from when a card first left the columns for work not begun until it was done for good. Nights, "
        "weekends and breaks are part of it.",
        "cycle time = last done - first begun",
        KANBAN_GUIDE,
    ),
    Metric.LEAD_TIME: Definition(
        "Lead time",
        "The time that passes from when a card was made until it was done for good.",
        "lead time = last done - made",
        "Kanban: Successful Evolutionary Change for Your Technology Business, David Anderson, 2010",
    ),
    Metric.TIME_IN_COLUMN: Definition(
        "Time in column",
        "The time that a finished card was in a column of the board before it was done for good, all its stays together. "
        "Time in the archive and on other boards is in no column.",
        "time in column = sum of (left - entered) over its stays in the column",
        ACTIONABLE_METRICS,
    ),
    Metric.PERCENTILE: Definition(
        "Percentile",
        "The shortest time within which at least so many percent of the finished cards were done: by nearest rank, so always a "
        "time that one of them took.",
        "P(p) = the value of rank ceil(p * n / 100) among n values from the smallest to the largest",
        "Sample Quantiles in Statistical Packages, Rob Hyndman and Yanan Fan, 1996, definition 1",
    ),
    Metric.AGE: Definition(
        "Age",
        "The time that has passed since work on a card began that is in progress. It exceeds a percentile if it is longer "
        "than the cycle time of so many percent of the finished cards.",
        "age = now - first begun",
        KANBAN_GUIDE,
    ),
    Metric.THROUGHPUT: Definition(
        "Throughput",
        "How many cards were done on a day or in a week from Monday to Sunday. A card counts once: when it was done for good.",
        "throughput(day) = number of cards with last done on the day",
        KANBAN_GUIDE,
    ),
    Metric.FORECAST: Definition(
        "Forecast",
        "The day by which a number of cards is done in 50, 85 and 95 of 100 futures, or how many cards by a day. Each of 2 000 "
        "futures is put together from days of the past, drawn at random: working days for working days, days off for days "
        "off. The same seed draws the same futures. Beyond 366 days nothing is said.",
        "P(p) = the first day by which sum of drawn throughput >= cards in ceil(p * 2 000 / 100) futures",
        "When Will It Be Done?, Daniel Vacanti, 2018",
    ),
    Metric.TIME_TO_FIRST_REVIEW: Definition(
        "Time to first review",
        "The time from when a pull request was there to be reviewed, opened or no draft any more, until somebody other than "
        "its author, and no program, first reviewed it; no time, if that was while it was a draft. Of pull requests that were "
        "merged and had been reviewed before.",
        "time to first review = max(0, first review - ready)",
        "Ours",
    ),
    Metric.REVIEW_TIME: Definition(
        "Review time",
        "The time from the first review of a pull request until it was merged. With the time to the first review it makes up "
        "the merge time.",
        "review time = merged - max(ready, first review)",
        "Ours",
    ),
    Metric.MERGE_TIME: Definition(
        "Merge time",
        "The time from when a pull request was there to be reviewed until it was merged, reviewed or not.",
        "merge time = merged - ready",
        "Ours",
    ),
    Metric.UNSEEN_WORK: Definition(
        "Unseen work",
        "The share of merged pull requests that were on no card before they were merged. A card that was made or linked "
        "afterwards comes too late. What was merged before its repository was connected, or connected again, is not counted: "
        "no card could show it, or what showed it is gone.",
        "unseen work = merged pull requests without a card before the merge / merged pull requests, of those since the connection",
        "Ours",
    ),
}
