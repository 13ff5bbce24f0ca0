"""Whatever people do and undo on a board, charts know it as it was at every moment."""

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from taskly.insights.pasts import Pasts
from taskly.insights.rules.days import INSTANT, WorkCalendar
from taskly.insights.rules.flow import cumulative_flow
from taskly.kit.clock import FrozenClock
from tests.insights.days import kept_past
from tests.properties.teamwork import Deed, deeds
from tests.properties.test_undo import team_of, undo
from tests.support.actors import Actor, Json
from tests.support.telling_past import past_of, shown_by, shown_in
from tests.support.world import World

pytestmark = pytest.mark.anyio


@settings(
    max_examples=15,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=st.lists(st.tuples(deeds, st.booleans()), min_size=3, max_size=15))
async def test_the_log_says_what_each_card_was_at_every_moment(
    world: World, alice: Actor, bob: Actor, history: list[tuple[Deed, bool]]
) -> None:
    clock = world.clock
    assert isinstance(clock, FrozenClock)
    for actor in (alice, bob):
        await actor.stay_signed_in()
    team = await team_of(alice, bob)
    board = team.board
    seen: list[tuple[Json, datetime]] = []
    pasts = Pasts(world.runtime.database, part=2)
    for number, (deed, is_undone) in enumerate(history):
        clock.advance(timedelta(hours=7))
        operation_id = await team.play(deed, number % 2)
        if is_undone and operation_id is not None:
            clock.advance(timedelta(hours=1))
            world.app.state.hub._rooms.clear()  # This world's hub hears nothing from Redis.
            await undo(alice, operation_id)
        seen.append((await alice.snapshot(board["id"]), clock.now()))
        kept = await kept_past(world, pasts, alice, board)

    world.app.state.hub._rooms.clear()
    past = await past_of(alice, board)

    assert kept == past
    for snapshot, at in seen:
        assert shown_by(past, at + INSTANT) == shown_in(snapshot)
        [day] = cumulative_flow(past.cards, WorkCalendar(), at.date(), at.date(), at)
        archived_done = day.cards - len(snapshot["cards"])
        steps = [card.before(at + INSTANT) for card in past.cards]
        assert archived_done == sum(
            step is not None and step.counts and step.presence == "archived" for step in steps
        )
