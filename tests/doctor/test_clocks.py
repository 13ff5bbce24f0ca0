"""The doctor tells when clocks go apart, and when something was noted by one that was ahead."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from taskly.doctor.clocks import apart_by, clock_findings
from taskly.doctor.examination import examine
from taskly.kit.clock import FrozenClock
from taskly.platform.findings import Severity
from taskly.platform.settings import Settings
from tests.support.actors import Actor
from tests.support.world import World

pytestmark = pytest.mark.anyio

NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "there", "after", "by"),
    [
        (0, 0, 0, 0),
        (0, 3, 9, 0),
        (0, 9, 9, 0),
        (0, 15, 9, -6),
        (10, 4, 12, 6),
        (3600, 0, 3600, 3600),
    ],
)
async def test_clocks_go_apart_if_one_is_not_between_two_looks_at_the_other(
    before: int, there: int, after: int, by: int
) -> None:
    times = [NINE + timedelta(seconds=each) for each in (before, there, after)]

    assert apart_by(*times) == timedelta(seconds=by)


async def test_one_machine_has_one_clock(settings: Settings) -> None:
    parts = {part.part: part.findings async for part in examine(settings)}

    assert parts["clocks"] == []


@pytest.fixture
async def there(world: World) -> datetime:
    """What PostgreSQL's clock says."""
    async with world.runtime.database.reading() as session:
        found: datetime = (await session.scalars(text("SELECT clock_timestamp()"))).one()
    return found


@pytest.mark.parametrize(
    ("hours", "said"), [(3, "3 hours ahead of"), (-3, "3 hours behind"), (-49, "2 days behind")]
)
async def test_a_clock_that_goes_wrong_is_told_with_what_to_do(
    world: World, there: datetime, hours: int, said: str
) -> None:
    assert isinstance(world.clock, FrozenClock)
    world.clock.set(there + timedelta(hours=hours))

    [finding] = await clock_findings(world.runtime)

    assert finding.severity is Severity.WARNING
    assert finding.what == f"The clock of this machine is {said} PostgreSQL's."
    assert "time server" in finding.advice


async def test_changes_that_lie_ahead_are_told_stream_by_stream(
    world: World, alice: Actor, there: datetime
) -> None:
    clock = world.clock
    assert isinstance(clock, FrozenClock)
    await alice.stay_signed_in()
    clock.set(there - timedelta(days=2))
    workspace = await alice.workspace()
    boards = [await alice.board(workspace, name=name) for name in ("Sound", "One", "Other")]
    for board, ahead in zip(boards[1:], (timedelta(hours=3), timedelta(days=2)), strict=True):
        clock.set(there + ahead)
        await alice.card(board)
        clock.set(there - timedelta(days=1))
        await alice.card(board, "Later, by a clock that is right")

    finding = (await clock_findings(world.runtime))[-1]

    assert finding.severity is Severity.WARNING
    assert finding.what == (
        "Changes lie ahead of PostgreSQL's clock: "
        f"board {boards[2]['id']} by 2 days, board {boards[1]['id']} by 3 hours."
    )
    assert finding.advice.startswith("The clock of some process was ahead: set it right.")
