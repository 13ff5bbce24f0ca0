"""Whatever people do and undo on a board, charts know it as it was at every moment."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from random import Random
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
    """Chooses what is asked for, among what there has been: by itself, as Hypothesis breaks off where it is asked."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def some(self, ids: Iterable[UUID]) -> frozenset[UUID]:
        """None of them mostly, or one or two."""
        found = sorted(ids)
        if not found or self._random.randint(0, 2):
            return frozenset()
        return frozenset(self._random.choices(found, k=self._random.randint(1, 2)))

    def inquiry(self, past: BoardPast, moments: list[datetime], now: datetime) -> Inquiry:
        """A question about a moment that was seen, or just before or after it, or about the present."""
        steps = [step for card in past.cards for step in card.steps]
        shift = timedelta(seconds=self._random.choice([-1, 0, 1, 1800]))
        present = max(now, past.at or now)
        is_now = self._random.random() < 0.5
        as_of = present if is_now else min(self._random.choice(moments) + shift, present)
        last = as_of.date() - timedelta(days=self._random.randint(-1, 2))
        return Inquiry(
            selection=Selection(
                self.some(each.sprint_id for each in past.sprints),
                self.some({label for step in steps for label in step.label_ids}),
                self.some({person for step in steps for person in step.assignee_ids}),
            ),
            first=last - timedelta(days=self._random.randint(0, 9)),
            last=last,
            as_of=as_of,
            is_now=is_now,
        )


@settings(
    max_examples=12,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    history=st.lists(
        st.tuples(deeds, st.booleans(), st.sampled_from([0, 0, 0, 1, 30])), min_size=5, max_size=25
    ),
    zones=st.lists(st.sampled_from(ZONES), min_size=2, max_size=2),
    seed=st.integers(0, 999_999),
)
async def test_what_is_answered_is_what_follows_from_the_whole_log(
    world: World,
    alice: Actor,
    bob: Actor,
    history: list[tuple[Deed, bool, int]],
    zones: list[str],
    seed: int,
) -> None:
    clock = world.clock
    assert isinstance(clock, FrozenClock)
    for actor in (alice, bob):
        await actor.stay_signed_in()
    team = await team_of(alice, bob)
    board, moments, picks = team.board, [clock.now()], Picks(seed)
    for zone, part in zip(zones, (history[::2], history[1::2]), strict=True):
        path = f"/workspaces/{board['workspace_id']}"
        expect(await alice.patch(path, json={"time_zone": zone}), 200)
        for number, (deed, is_undone, hours_ahead) in enumerate(part):
            clock.advance(timedelta(hours=11))
            right = clock.now()
            clock.set(right + timedelta(hours=hours_ahead))
            world.app.state.hub._rooms.clear()  # This world's hub hears nothing from Redis.
            operation_id = await team.play(deed, number % 2)
            if is_undone and operation_id is not None:
                clock.advance(timedelta(hours=1))
                world.app.state.hub._rooms.clear()
                await undo(alice, operation_id)
            moments.append(clock.now())
            clock.set(right + timedelta(hours=1))
        past = await past_of(alice, board)
        for _ in range(3):
            inquiry = picks.inquiry(past, moments, clock.now())
            expected = recomputed(past, WorkCalendar(ZoneInfo(zone)), inquiry)
            assert await answered(alice, board, past, inquiry) == expected
