"""Every job of this domain may come late, when what it was about is gone, and does no harm then."""

import pytest

from taskly.github.jobs import (
    AlertAdmins,
    ConnectRepository,
    CreateBranch,
    CreatePullRequest,
    DisconnectRepository,
    FollowInstallation,
    ForgetDeliveries,
    ProcessDelivery,
    ReconcileDue,
    ReconcileRepository,
    RefreshPullRequest,
    RemoveWebhook,
    ShowCard,
)
from taskly.github.models import Alert
from taskly.kit.ids import new_id
from taskly.platform.context import SYSTEM
from taskly.platform.events.jobs import registered_kinds
from tests.github.place import Place
from tests.support.actors import Actor, Json, expect

pytestmark = pytest.mark.anyio

LATE = [
    ProcessDelivery(delivery=new_id()),
    ConnectRepository(repository_id=new_id()),
    DisconnectRepository(repository_id=new_id()),
    FollowInstallation(installation_id=1),
    ReconcileRepository(repository_id=new_id()),
    RefreshPullRequest(repository_id=new_id(), number=1),
    CreateBranch(branch_id=new_id(), user_id=new_id(), choose_name=True),
    ShowCard(link_id=new_id()),
    AlertAdmins(repository_id=new_id(), alert=Alert.SILENT, detail=""),
]


async def test_jobs_about_what_is_gone_are_done_without_an_error(place: Place) -> None:
    async with place.runtime.database.transaction(SYSTEM) as tx:
        for job in LATE:
            tx.promise(job)
    await place.github.forget_requests()
    await place.run_jobs()
    rows = await place.rows("SELECT kind, state::text, last_error FROM jobs ORDER BY kind")
    assert [(row["state"], row["last_error"]) for row in rows] == [("done", None)] * len(LATE)
    # What removes a webhook is always late: see test_workspace_deletion. What is due or old has a list, not a thing.
    ours = {kind for kind in registered_kinds() if kind.startswith("github.")}
    # Who waits for a pull request is told that it can't be made: see test_drafts.
    ours -= {job.kind for job in (RemoveWebhook, ReconcileDue, ForgetDeliveries, CreatePullRequest)}
    assert {row["kind"] for row in rows} == ours
    assert await place.github.requests() == []


async def test_jobs_about_a_disconnected_repository_ask_github_nothing(
    place: Place, ann: Actor, connected: Json
) -> None:
    expect(await ann.delete(f"/repositories/{connected['id']}"), 204)
    await place.settle()
    await place.github.forget_requests()
    repository_id = connected["id"]
    async with place.runtime.database.transaction(SYSTEM) as tx:
        tx.promise(ConnectRepository(repository_id=repository_id))
        tx.promise(ReconcileRepository(repository_id=repository_id))
        tx.promise(RefreshPullRequest(repository_id=repository_id, number=1))
    await place.run_jobs()
    rows = await place.rows("SELECT DISTINCT state::text FROM jobs")
    assert [row["state"] for row in rows] == ["done"]
    assert await place.github.requests() == []
