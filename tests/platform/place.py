"""A board with as much on it as a test says."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import text

from taskly.platform.context import SYSTEM
from tests.contract.tenants import connect, deliver
from tests.support.actors import Actor, Json
from tests.support.linked import link_pull_requests
from tests.support.world import World


@dataclass(frozen=True, slots=True)
class Place:
    """A board with as much on it as the test says."""

    alice: Actor
    workspace: Json
    board: Json
    other_board: Json
    cards: list[Json]
    """All with the label."""
    label_id: str
    operation_id: str
    """One that changed all cards."""
    webhook: str
    delivery_id: str
    """Of the webhook, and of the repository."""
    sprint: str
    """The path of one with all cards."""
    deliveries: str
    """The path of a repository's."""


async def place_with(world: World, alice: Actor, size: int) -> Place:
    """So many boards, members, labels and cards, each with a timeline as long."""
    workspace = await alice.workspace()
    board = await alice.board(workspace)
    other_board = await alice.board(workspace)
    for number in range(size):
        await alice.invite(workspace, await world.person(f"guest{number}"), "member")
        await alice.post(f"/workspaces/{workspace['id']}/boards", json={"name": f"Board {number}"})
        label = {"name": f"label {number}", "color": "#d73a4a"}
        await alice.post(f"/boards/{board['id']}/labels", json=label)
    label_id = str((await alice.snapshot(board["id"]))["labels"][0]["id"])
    cards = [
        await alice.card(board, f"card {number}", label_ids=[label_id])
        for number in range(size + 2)
    ]
    for number in range(size):
        await alice.post(f"/cards/{cards[0]['id']}/comments", json={"body": f"{number}"})
        await alice.patch(f"/cards/{cards[0]['id']}", json={"title": f"Title {number}"})
    changed = await alice.patch(
        f"/boards/{board['id']}/columns/{cards[0]['column_id']}", json={"category": "done"}
    )
    operation_id = str(changed.headers["Operation-ID"])
    await link_pull_requests(world, board, cards)
    sprint = await sprint_with(alice, board, cards)
    webhook, delivery_id = await webhooks_in(world, alice, workspace, size)
    deliveries = await deliveries_in(world, workspace, delivery_id, size)
    return Place(
        alice,
        workspace,
        board,
        other_board,
        cards,
        label_id,
        operation_id,
        webhook,
        delivery_id,
        sprint,
        deliveries,
    )


async def sprint_with(alice: Actor, board: Json, cards: list[Json]) -> str:
    """A sprint with these cards; its path."""
    body = {"name": "Sprint", "starts_on": "2026-12-07", "ends_on": "2026-12-18"}
    sprint_id = (await alice.post(f"/boards/{board['id']}/sprints", json=body)).json()["id"]
    for card in cards:
        await alice.patch(f"/cards/{card['id']}", json={"sprint_id": sprint_id})
    return f"/sprints/{sprint_id}"


async def webhooks_in(world: World, alice: Actor, workspace: Json, size: int) -> tuple[str, str]:
    """So many webhooks; the path of one, and something that it was told so often in vain."""
    path, tested = f"/workspaces/{workspace['id']}/webhooks", {"id": ""}
    body = {"url": "https://hooks.example.org/taskly", "event_types": ["*"]}
    for _ in range(size):
        webhook = f"{path}/{(await alice.post(path, json=body)).json()['id']}"
    for _ in range(size):
        tested = (await alice.post(f"{webhook}/test")).json()
    async with world.runtime.database.transaction(SYSTEM) as tx:
        await tx.session.execute(text("UPDATE webhook_attempts SET state = 'failed'"))
    return webhook, str(tested["id"])


async def deliveries_in(world: World, workspace: Json, delivery_id: str, size: int) -> str:
    """So many dead deliveries of GitHub besides the one that is named; the path of their list."""
    repository_id = await connect(world, UUID(workspace["id"]), 2)
    for each in (delivery_id, *(str(uuid4()) for _ in range(size))):
        await deliver(world, workspace["id"], repository_id, each)
    return f"/repositories/{repository_id}/deliveries"
