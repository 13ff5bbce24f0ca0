"""Unseen work: what was merged and had never been on the board before."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from taskly.insights.rules.days import WorkCalendar

PRECISION = timedelta(seconds=1)
"""GitHub tells whole seconds: of what was within the one of a merge nobody knows that it was not before."""


@dataclass(frozen=True, slots=True)
class Merged:
    """A pull request that was merged, and the card that it was on first."""

    merged_at: datetime
    connected_at: datetime
    """When its repository was connected, the last time if it was disconnected meanwhile."""
    linked_at: datetime | None = None
    """When it was first linked to a card; None if it never was."""
    card_created_at: datetime | None = None
    """When that card was made."""

    @property
    def was_on_board(self) -> bool:
        """Whether a card showed the work before it was merged."""
        if self.linked_at is None or self.card_created_at is None:
            return False
        return max(self.linked_at, self.card_created_at) < self.merged_at + PRECISION

    @property
    def counts(self) -> bool:
        """Whether its repository was connected then. Before, no card could show it."""
        return self.connected_at <= self.merged_at

    @property
    def is_unseen(self) -> bool:
        """Whether a card could have shown it before it was merged, and none did."""
        return self.counts and not self.was_on_board


@dataclass(frozen=True, slots=True)
class UnseenWork:
    """How much of what was merged was on no card before."""

    merged: int
    unseen: int
    earlier: int
    """So many more were merged before their repository was connected; they do not count."""

    @property
    def share(self) -> float | None:
        """From 0 to 1; None if nothing was merged."""
        return self.unseen / self.merged if self.merged else None


def unseen_work(
    pull_requests: Iterable[Merged], calendar: WorkCalendar, first: date, last: date
) -> UnseenWork:
    """The share of unseen work in what was merged from `first` to `last`."""
    merged = [each for each in pull_requests if first <= calendar.date_of(each.merged_at) <= last]
    count = sum(each.counts for each in merged)
    return UnseenWork(count, sum(each.is_unseen for each in merged), len(merged) - count)
