"""Whether a pull request can be merged, as GitHub last said, and how old that is."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations

import pytest

from taskly.github.rules.facts import Mergeability, PullRequest, settle
from tests.github.place import REPOSITORY, Place, pull_of
from tests.github.test_facts import PULL, at
from tests.support.actors import Actor, Json, expect

BRANCH = "feature/PAY-1-refund-twice"
CLEAN, DIRTY = Mergeability(True, "clean", at(5)), Mergeability(False, "dirty", at(9))
TOLD = [
    replace(PULL, as_of=at(5), mergeability=CLEAN),
    replace(PULL, as_of=at(6)),
    replace(PULL, as_of=at(5), asked=True, mergeability=DIRTY),
]


@pytest.mark.parametrize("order", [*permutations(TOLD)])
def test_what_github_said_last_counts_and_silence_takes_nothing_back(
    order: tuple[PullRequest, ...],
) -> None:
    known = None
    for told in order:
        known = settle(known, told).pull_request
    assert known is not None
    assert known.mergeability == DIRTY


def test_what_was_said_of_another_head_or_base_counts_no_more_nor_of_what_is_closed() -> None:
    known = replace(PULL, mergeability=CLEAN)
    for changed in (
        replace(PULL, head_sha="b" * 40),
        replace(PULL, base_branch="next"),
        replace(PULL, closed=True),
    ):
        told = replace(changed, as_of=at(20))
        assert settle(known, told).pull_request.mergeability is None
    late = replace(PULL, as_of=at(20), head_sha="b" * 40)
    assert settle(late, known).pull_request.mergeability is None


@pytest.fixture
async def card(place: Place, ann: Actor, board: Json, connected: Json) -> Json:
    """A card with an open pull request, which was opened a while ago."""
    await place.github.freeze_clock(place.runtime.clock.now() - timedelta(hours=1), tick_seconds=1)
    made = await ann.card(board, "Refund twice")
    await place.github.push(REPOSITORY, BRANCH, ["Begin"], actor="ann")
    await place.github.open_pull_request(REPOSITORY, BRANCH, "Refunds", author="ann")
    await place.settle()
    return made


async def refresh(place: Place, ann: Actor, card: Json) -> Json:
    """Look at it again; how it is now."""
    link = (await pull_of(ann, card))["id"]
    expect(await ann.post(f"/cards/{card['id']}/pull-requests/{link}/refresh"), 202)
    await place.settle()
    return await pull_of(ann, card)


@pytest.mark.anyio
async def test_a_card_shows_size_and_mergeability_with_their_age_and_looking_again_renews_them(
    place: Place, ann: Actor, card: Json
) -> None:
    assert (await pull_of(ann, card))["mergeability"] is None
    shown = await refresh(place, ann, card)
    assert (shown["additions"], shown["deletions"], shown["changed_files"]) == (1, 0, 1)
    before = shown["mergeability"]
    assert (before["mergeable"], before["state"]) == (True, "clean")

    await place.github.report_check(REPOSITORY, BRANCH, "build", conclusion="failure")
    after = (await refresh(place, ann, card))["mergeability"]

    assert (after["mergeable"], after["state"]) == (True, "unstable")
    assert datetime.fromisoformat(after["verified_at"]) > datetime.fromisoformat(
        before["verified_at"]
    )


@pytest.mark.anyio
async def test_what_github_has_not_found_out_is_asked_for_once_more_and_no_oftener(
    place: Place, ann: Actor, card: Json
) -> None:
    await place.change("UPDATE pull_requests SET mergeable = NULL")
    await place.github.add_fault("unknown_mergeability", times=1)
    assert (await refresh(place, ann, card))["mergeability"] is None
    await place.hurry()
    await place.settle()
    assert (await pull_of(ann, card))["mergeability"]["state"] == "clean"

    await place.change("UPDATE pull_requests SET mergeable = NULL")
    await place.github.add_fault("unknown_mergeability")
    await refresh(place, ann, card)
    await place.hurry()
    await place.settle()
    await place.hurry()
    assert await place.due_jobs() == []


@pytest.mark.anyio
async def test_a_merged_pull_request_says_nothing_of_it(
    place: Place, ann: Actor, card: Json
) -> None:
    await place.github.merge(REPOSITORY, 1, actor="ann")
    await place.settle()
    assert (await pull_of(ann, card))["mergeability"] is None
