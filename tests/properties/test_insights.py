"""Whatever people do and undo on a board, charts know it as it was at every moment."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from taskly.doctor.repository import INVARIANTS, broken
from taskly.insights.rollups import Rollups
from taskly.insights.rules.days import INSTANT, WorkCalendar
from taskly.insights.rules.histories import Selection
from taskly.kit.clock import FrozenClock
from taskly.platform.http.problems import Unavailable
from tests.insights.days import access_to, kept_past
from tests.insights.recomputing import Inquiry, answered, recomputed
from tests.properties.teamwork import Deed, deeds
from tests.properties.test_undo import team_of, undo
from tests.support.actors import Actor, Json, expect
from tests.support.telling_past import past_of, shown_by, shown_in
from tests.support.whole_past import BoardPast, flow_of
from tests.support.world import World

pytestmark = pytest.mark.anyio

ZONES = ["UTC", "Europe/Berlin", "Pacific/Kiritimati", "Etc/GMT+12"]


@settings(
    max_examples=15,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    history=st.lists(st.tuples(deeds, st.booleans()), min_size=3, max_size=15),
    part=st.integers(1, 6),
)
async def test_the_log_says_what_each_card_was_at_every_moment(
    world: World, alice: Actor, bob: Actor, history: list[tuple[Deed, bool]], part: int
) -> None:
    clock = world.clock
    assert isinstance(clock, FrozenClock)
    for actor in (alice, bob):
        await actor.stay_signed_in()
    team = await team_of(alice, bob)
    board = team.board
    seen: list[tuple[Json, datetime]] = []
    rollups = Rollups(world.runtime.database, part=part)
    hasty = Rollups(world.runtime.database, part=part, most=1)
    for number, (deed, is_undone) in enumerate(history):
        clock.advance(timedelta(hours=7))
        operation_id = await team.play(deed, number % 2)
        if is_undone and operation_id is not None:
            clock.advance(timedelta(hours=1))
            world.app.state.hub._rooms.clear()  # This world's hub hears nothing from Redis.
            await undo(alice, operation_id)
        seen.append((await alice.snapshot(board["id"]), clock.now()))
        access = await access_to(world, alice, board)
        with suppress(Unavailable):
            await hasty.catch_up(access.id, access.version)
        kept = await kept_past(world, rollups, alice, board)

    world.app.state.hub._rooms.clear()
    past = await past_of(alice, board)

    assert kept == past
    async with world.runtime.database.reading() as session:
        for rule in INVARIANTS:
            assert await broken(session, rule) is None
    for snapshot, at in seen:
        assert shown_by(past, at + INSTANT) == shown_in(snapshot)
        [day] = flow_of(past.cards, WorkCalendar(), at.date(), at.date(), at)
        archived_done = day.cards - len(snapshot["cards"])
        steps = [card.before(at + INSTANT) for card in past.cards]
        assert archived_done == sum(
            step is not None and step.counts and step.presence == "archived" for step in steps
        )


class Picks:
    """Chooses what is asked for, among what there has been."""

    def __init__(self, draw: st.DataObject) -> None:
        self._draw = draw.draw

    def some(self, ids: Iterable[UUID]) -> frozenset[UUID]:
        """None of them mostly, or one or two."""
        found = sorted(ids)
        if not found or self._draw(st.integers(0, 2)):
            return frozenset()
        return frozenset(self._draw(st.lists(st.sampled_from(found), min_size=1, max_size=2)))

    def inquiry(self, past: BoardPast, moments: list[datetime]) -> Inquiry:
        """A question about a moment that was seen, or just before or after it."""
        steps = [step for card in past.cards for step in card.steps]
        shift = timedelta(seconds=self._draw(st.sampled_from([-1, 0, 1, 1800])))
        as_of = min(self._draw(st.sampled_from(moments)) + shift, moments[-1])
        last = as_of.date() - timedelta(days=self._draw(st.integers(-1, 2)))
        return Inquiry(
            selection=Selection(
                self.some(each.sprint_id for each in past.sprints),
                self.some({label for step in steps for label in step.label_ids}),
                self.some({person for step in steps for person in step.assignee_ids}),
            ),
            first=last - timedelta(days=self._draw(st.integers(0, 9))),
            last=last,
            as_of=as_of,
        )


@settings(
    max_examples=12,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    history=st.lists(st.tuples(deeds, st.booleans()), min_size=5, max_size=25),
    zones=st.lists(st.sampled_from(ZONES), min_size=2, max_size=2),
    data=st.data(),
)
async def test_what_is_answered_is_what_follows_from_the_whole_log(
    world: World,
    alice: Actor,
    bob: Actor,
    history: list[tuple[Deed, bool]],
    zones: list[str],
    data: st.DataObject,
) -> None:
    clock = world.clock
    assert isinstance(clock, FrozenClock)
    for actor in (alice, bob):
        await actor.stay_signed_in()
    team = await team_of(alice, bob)
    board, moments = team.board, [clock.now()]
    for zone, part in zip(zones, (history[::2], history[1::2]), strict=True):
        path = f"/workspaces/{board['workspace_id']}"
        expect(await alice.patch(path, json={"time_zone": zone}), 200)
        for number, (deed, is_undone) in enumerate(part):
            clock.advance(timedelta(hours=11))
            world.app.state.hub._rooms.clear()  # This world's hub hears nothing from Redis.
            operation_id = await team.play(deed, number % 2)
            if is_undone and operation_id is not None:
                clock.advance(timedelta(hours=1))
                world.app.state.hub._rooms.clear()
                await undo(alice, operation_id)
            moments.append(clock.now())
        past = await past_of(alice, board)
        for _ in range(3):
            inquiry = Picks(data).inquiry(past, moments)
            expected = recomputed(past, WorkCalendar(ZoneInfo(zone)), inquiry)
            assert await answered(alice, board, past, inquiry) == expected
