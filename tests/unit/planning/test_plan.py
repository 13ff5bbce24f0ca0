"""What comes first in a plan."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from taskly.planning.rules.plan import End, Order, Wait

TODAY = date(2026, 11, 30)
YESTERDAY, SOON, LATER = date(2026, 11, 29), date(2026, 12, 4), date(2026, 12, 18)
THEN = datetime(2026, 11, 20, tzinfo=UTC)


def end(
    ends_on: date | None = None,
    *,
    is_settled: bool = False,
    started: bool = False,
    completed: bool = False,
) -> End:
    """A card in a sprint that ends on a day; in none for None."""
    return End(
        id=UUID(int=1),
        number=1,
        is_settled=is_settled,
        sprint_id=None if ends_on is None else UUID(int=ends_on.toordinal()),
        ends_on=ends_on,
        started_at=THEN if started else None,
        completed_at=THEN if completed else None,
    )


@pytest.mark.parametrize(
    ("blocker", "blocked", "expected"),
    [
        (end(), end(), Order.IN_ORDER),
        (end(LATER), end(), Order.IN_ORDER),
        (end(SOON), end(SOON), Order.IN_ORDER),
        (end(SOON), end(LATER), Order.IN_ORDER),
        (end(LATER), end(SOON), Order.LATER),
        (end(), end(SOON), Order.UNPLANNED),
        (end(TODAY), end(SOON), Order.IN_ORDER),
        (end(YESTERDAY), end(SOON), Order.UNPLANNED),
        (end(YESTERDAY), end(YESTERDAY), Order.IN_ORDER),
        (end(YESTERDAY, started=True), end(SOON), Order.IN_ORDER),
        (end(SOON, started=True, completed=True), end(LATER), Order.UNPLANNED),
        (end(is_settled=True), end(SOON), Order.SETTLED),
        (end(LATER), end(SOON, is_settled=True), Order.SETTLED),
    ],
)
def test_a_card_comes_before_the_one_that_waits_for_it_or_not(
    blocker: End, blocked: End, expected: Order
) -> None:
    assert Wait(blocker, blocked).order(TODAY) is expected
