"""Convergence: whatever of GitHub's deliveries is lost, late, repeated or out of order, one comparison makes it good.

Two Tasklys are connected to the same repositories and have the same cards. One is told everything at once and in
order. The other hears it over a way that loses up to three in ten deliveries; it is killed and restarted, and GitHub
refuses to answer it for a while. After one comparison with GitHub both boards show the same.

What was found wrong once is kept in `cases.py`. The same histories are played in every run; `TASKLY_HISTORIES` says how
many others, drawn anew, are tried instead.
"""

import os
from collections.abc import AsyncIterator

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from taskly.fake_github.driver import FakeGitHub
from taskly.platform.settings import Settings
from tests.convergence.cases import CASES, Case
from tests.convergence.history import REVIEWERS, History, histories
from tests.convergence.house import open_house
from tests.convergence.lossy import Fate
from tests.convergence.stage import Stage, Weather
from tests.support.database import clone
from tests.support.folding import differences
from tests.support.servers import Servers
from tests.support.telling import Tell

pytestmark = [pytest.mark.anyio, pytest.mark.slow, pytest.mark.xdist_group("convergence")]

EXPLORES = "TASKLY_HISTORIES" in os.environ
EXAMPLES = int(os.environ.get("TASKLY_HISTORIES", "15"))
FATES: tuple[Fate, ...] = (
    "comes",
    "comes",
    "comes",
    "comes",
    "late",
    "late",
    "twice",
    "lost",
    "lost",
    "lost",
)
"""Three in ten are lost at most."""
plans = st.lists(st.sampled_from(FATES), min_size=10, max_size=10).filter(
    lambda plan: plan.count("lost") <= 3
)
weathers = st.builds(
    Weather, plan=plans, seed=st.integers(0, 999), tick=st.sampled_from([0.25, 1, 5])
)


@pytest.fixture
async def stage(
    place_settings: Settings, servers: Servers, template: str, github: FakeGitHub
) -> AsyncIterator[Stage]:
    """Both Tasklys, and the people at GitHub."""
    for login in REVIEWERS:
        await github.create_user(login)
    await github.create_user("octo", kind="Organization")
    async with clone(servers.database_url, template) as url:
        other_settings = place_settings.model_copy(
            update={"database_url": url, "redis_url": servers.redis_url.replace("db=0", "db=1")}
        )
        async with (
            open_house(place_settings, github, "ann") as perfect,
            open_house(other_settings, github, "bob") as other,
        ):
            ann, bob = await perfect.place.person("ann"), await other.place.person("bob")
            yield Stage(perfect, other, (ann.user_id, bob.user_id))


async def assert_converges(stage: Stage, history: History, weather: Weather) -> None:
    """Play it, and compare."""
    perfect, other = await stage.play(history, weather)
    wrong = differences(other, perfect)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_what_was_found_wrong_once_stays_right(stage: Stage, case: Case) -> None:
    await assert_converges(stage, case.history, case.weather)


@given(history=histories, weather=weathers)
@settings(
    max_examples=EXAMPLES,
    derandomize=not EXPLORES,
    phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_one_comparison_makes_good_what_deliveries_left_out(
    stage: Stage, tell: Tell, history: History, weather: Weather
) -> None:
    tell(f"{weather} · {history}")
    await assert_converges(stage, history, weather)
