"""An app that was made by hand and lacks a permission: the connection names it, and the rest is compared."""

from datetime import timedelta

import pytest

from taskly.fake_github.wire.asked import RepositoryChange
from taskly.fake_github.wire.told import KnownApp
from taskly.github.app_setup.manifest import PERMISSIONS
from taskly.github.rules.permissions import needed_of_app
from tests.github.app_place import alerts, connect, shown, where
from tests.github.place import REPOSITORY, Place
from tests.support.actors import Actor, Json, expect

pytestmark = pytest.mark.anyio

BRANCH = "feature/PAY-1-refund-twice"
HOW = (
    "Whoever owns the app adds it on the app's page at GitHub, under Permissions & events; then whoever administers the "
    "account accepts it there."
)


async def let(place: Place, *missing: str) -> None:
    """Leave the app all permissions but these."""
    app_id, installation_id = await where(place)
    granted = {name: level for name, level in PERMISSIONS.items() if name not in missing}
    await place.github.change_app(app_id, granted)
    await place.github.accept_permissions(app_id, installation_id)
    await place.settle()


async def compare(place: Place, ann: Actor, repository: Json) -> Json:
    """Compare the repository with GitHub; its health afterwards."""
    expect(await ann.post(f"/repositories/{repository['id']}/reconcile", json={}), 202)
    await place.settle()
    health: Json = expect(await ann.get(f"/repositories/{repository['id']}/health"), 200)
    return health


async def happen(place: Place) -> None:
    """A branch with a pull request and a failing check, of which nothing is told."""
    await place.github.add_fault("drop_deliveries")
    await place.github.push(REPOSITORY, BRANCH, ["Begin"], actor="ann")
    await place.github.open_pull_request(REPOSITORY, BRANCH, "Refunds", author="ann")
    await place.github.report_check(REPOSITORY, BRANCH, "build", conclusion="failure")
    await place.settle()
    await place.github.clear_faults()


@pytest.fixture
async def private(place: Place, ann: Actor, workspace: Json, installation: object) -> Json:
    """A private repository with a card, connected through the app."""
    await place.github.change_repository(REPOSITORY, RepositoryChange(private=True))
    made = await connect(ann, workspace)
    await place.settle()
    return made


async def test_without_one_permission_it_is_named_and_the_rest_is_compared(
    place: Place, ann: Actor, workspace: Json, board: Json, private: Json
) -> None:
    await ann.card(board, "Refund twice")
    await let(place, "checks")
    await happen(place)

    health = await compare(place, ann, private)

    repository = await shown(ann, workspace)
    problem = f"The GitHub App lacks the permission Checks: read. {HOW}"
    assert (repository["health"], repository["problem"]) == ("failing", problem)
    assert health["last_comparison"]["corrected"] == 2
    [pull] = (await ann.snapshot(board["id"]))["pull_requests"]
    assert (pull["state"], pull["checks"]) == ("open", None)

    await let(place)
    assert (await shown(ann, workspace))["health"] == "healthy"
    [pull] = (await ann.snapshot(board["id"]))["pull_requests"]
    assert pull["checks"] == "failing"


async def test_admins_are_told_once_of_a_permission_that_lacks(
    place: Place, ann: Actor, workspace: Json, private: Json
) -> None:
    healths = (
        "SELECT data FROM events WHERE type = 'repository.updated' AND data::text LIKE '%healthy%'"
    )
    await let(place, "checks")
    await happen(place)
    await compare(place, ann, private)
    problem = (await shown(ann, workspace))["problem"]
    assert "Checks: read" in problem
    before = await place.rows(healths)

    for _ in range(2):
        await let(place, "checks")
        await compare(place, ann, private)

    [told] = await alerts(ann)
    assert (told["alert"], told["detail"]) == ("app_shut_out", problem)
    assert await place.rows(healths) == before, "it did not seem to be well in between"


async def test_a_permission_that_lacks_is_not_forgotten_while_nothing_happens(
    place: Place,
    ann: Actor,
    workspace: Json,
    private: Json,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("taskly.github.syncing.reconciliation.MARGIN", timedelta(days=-1))
    await let(place, "checks")
    await happen(place)
    await compare(place, ann, private)
    assert (await shown(ann, workspace))["health"] == "failing"
    await compare(place, ann, private)
    assert (await shown(ann, workspace))["health"] == "failing"
    await let(place)
    await compare(place, ann, private)
    assert (await shown(ann, workspace))["health"] == "healthy"


async def test_what_could_not_be_read_is_made_good_as_far_back_as_that_was_so(
    place: Place, ann: Actor, workspace: Json, board: Json, private: Json
) -> None:
    await ann.card(board, "Refund twice")
    before = (await compare(place, ann, private))["last_sync_at"]
    await let(place, "pull_requests", "contents", "statuses")
    await happen(place)

    health = await compare(place, ann, private)
    assert health["last_sync_at"] == before
    assert (await shown(ann, workspace))["problem"].startswith(
        "The GitHub App lacks the permissions Contents: read and Pull requests: read. "
    )

    await let(place)
    assert (await shown(ann, workspace))["health"] == "healthy"
    [pull] = (await ann.snapshot(board["id"]))["pull_requests"]
    assert pull["checks"] == "failing"


async def test_required_checks_that_cannot_be_read_are_not_taken_for_none(
    place: Place, ann: Actor, workspace: Json, board: Json, private: Json
) -> None:
    await ann.card(board, "Refund twice")
    await happen(place)
    await place.github.require_checks(REPOSITORY, "main", {"build": None})
    await compare(place, ann, private)
    await let(place, "contents")
    await compare(place, ann, private)
    rows = await place.rows("SELECT required_checks FROM base_branches")
    assert [len(row["required_checks"]) for row in rows] == [1]


async def test_a_pull_request_is_refreshed_without_its_checks(
    place: Place, ann: Actor, workspace: Json, board: Json, private: Json, app: KnownApp
) -> None:
    card = await ann.card(board, "Refund twice")
    await let(place, "checks", "statuses")
    await place.github.push(REPOSITORY, BRANCH, ["Begin"], actor="ann")
    await place.github.open_pull_request(REPOSITORY, BRANCH, "Refunds", author="ann")
    await place.settle()
    [pull] = expect(await ann.get(f"/cards/{card['id']}/development"), 200)["pull_requests"]
    path = f"/cards/{card['id']}/pull-requests/{pull['id']}/refresh"
    expect(await ann.post(path, json={}), 202)
    await place.settle()
    states = await place.rows(
        "SELECT state::text FROM jobs WHERE kind = 'github.refresh_pull_request'"
    )
    assert {row["state"] for row in states} == {"done"}


@pytest.mark.parametrize(
    ("accepted", "needed"),
    [
        ("checks=read", ["Checks: read"]),
        ("statuses=read", ["Commit statuses: read"]),
        ("repository_hooks=write", ["Webhooks: write"]),
        (
            "contents=read,pull_requests=write; contents=write",
            ["Contents: read", "Pull requests: write"],
        ),
        ("organization_secrets=read", ["Organization secrets: read"]),
        ("", []),
    ],
)
def test_permissions_are_called_as_githubs_pages_call_them(
    accepted: str, needed: list[str]
) -> None:
    assert needed_of_app(accepted) == needed
