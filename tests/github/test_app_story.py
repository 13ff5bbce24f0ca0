"""The way of a team with the GitHub App: made, installed, connected, suspended, and right again."""

import pytest

from tests.github.app_place import connect, install, make_app, shown
from tests.github.place import REPOSITORY, Place
from tests.github.test_story import where_is
from tests.support.actors import Actor, Json, expect

pytestmark = pytest.mark.anyio

BRANCH = "feature/PAY-1-refund-twice"


async def test_a_board_follows_the_code_through_the_app_and_comes_right_after_a_suspension(
    place: Place, ann: Actor, workspace: Json, board: Json
) -> None:
    await place.repository(ann)
    app = await make_app(place)
    installed = await install(place, app)
    await connect(ann, workspace)
    await place.settle()
    repository = await shown(ann, workspace)
    assert (repository["via"], repository["health"]) == ("app", "healthy")

    await ann.card(board, "Refund twice")
    await place.github.push(REPOSITORY, BRANCH, ["Begin"], actor="ann")
    pull = await place.github.open_pull_request(REPOSITORY, BRANCH, "Refunds", author="ann")
    await place.settle()
    assert await where_is(ann, board, "Refund twice") == "In Review"

    await place.github.suspend_app(app.id, installed.id)
    await place.github.merge(REPOSITORY, pull.number, actor="ann")
    await place.settle()
    repository = await shown(ann, workspace)
    assert (repository["health"], "is suspended" in repository["problem"]) == ("failing", True)
    [told] = expect(await ann.get("/me/notifications"), 200)["items"]
    assert told["kind"] == "repository_alert"
    assert told["repository_alert"]["alert"] == "app_shut_out"
    assert told["repository_alert"]["detail"] == repository["problem"]
    assert await where_is(ann, board, "Refund twice") == "In Review"

    await place.github.unsuspend_app(app.id, installed.id)
    await place.settle()
    repository = await shown(ann, workspace)
    assert (repository["health"], repository["problem"]) == ("healthy", None)
    assert await where_is(ann, board, "Refund twice") == "Done"
