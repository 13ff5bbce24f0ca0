"""More of everything around what the requests of the matrix are about."""

from uuid import UUID, uuid4

from taskly.github.models import BranchState, CardBranch
from taskly.github.rules.automation import Rule
from taskly.kit.ids import new_id
from taskly.platform.context import SYSTEM
from taskly.users.issuing import Issuer
from taskly.users.sessions import Device, start_session
from tests.contract.tenants import connect, deliver, speaking, stop_rule
from tests.support.actors import Json, expect
from tests.support.policy import ADMIN, MEMBER
from tests.support.tenant import Tenant
from tests.support.world import World

IMPORT = "/imports?source=csv"


async def crowd(world: World, tenant: Tenant, size: int) -> None:
    """So many more people, boards, labels, columns, cards, comments and so on, all by the admin."""
    for number in range(size):
        await crowd_workspace(world, tenant, number)
        await crowd_board(world, tenant, number)
        await crowd_card(world, tenant, number)


async def crowd_workspace(world: World, tenant: Tenant, number: int) -> None:
    """One more of everything in the workspace, and of what the admin has besides it."""
    admin = speaking(world, tenant.people[ADMIN])
    path = f"/workspaces/{tenant.workspace['id']}"
    await admin.invite(tenant.workspace, await world.person(f"one-of-many-{number}"), "member")
    await admin.workspace(f"Another {number}")
    webhook = {"url": "https://hooks.example.org/more", "event_types": ["*"]}
    view = {"name": f"View {number}", "query": "label:bug", "shared": True}
    for list_name, body in (
        ("boards", {"name": f"Board {number}"}),
        ("views", view),
        ("webhooks", webhook),
        ("invitations", {"emails": [f"many-{number}@example.com"]}),
    ):
        expect(await admin.post(f"{path}/{list_name}", json=body), 201)
    expect(await admin.post("/me/tokens", json={"name": f"{number}", "scopes": ["read"]}), 201)
    expect(await admin.post(path + IMPORT, content=f"Title\nOne {number}\n".encode()), 201)
    webhook_path = f"{path}/webhooks/{tenant.webhook_id}"
    expect(await admin.post(f"{webhook_path}/test"), 202)
    await connect(world, UUID(tenant.workspace["id"]), number + 2)
    await deliver(world, tenant.workspace["id"], tenant.repository_id, str(uuid4()))
    async with world.runtime.database.transaction(SYSTEM) as tx:
        issuer = Issuer(world.runtime.settings)
        await start_session(tx, issuer, admin.user_id, Device(f"{number}", "127.0.0.1"))


async def crowd_board(world: World, tenant: Tenant, number: int) -> None:
    """One more of everything on the board."""
    admin, board = speaking(world, tenant.people[ADMIN]), tenant.board
    path = f"/boards/{board['id']}"
    expect(await admin.post(f"{path}/picture-links", json={"name": f"Site {number}"}), 201)
    label = {"name": f"label {number}", "color": "#d73a4a"}
    expect(await admin.post(f"{path}/labels", json=label), 201)
    expect(await admin.post(f"{path}/columns", json={"name": f"Column {number}"}), 201)
    sprint = {"name": f"S{number}", "starts_on": "2026-11-23", "ends_on": "2026-12-04"}
    expect(await admin.post(f"{path}/sprints", json=sprint), 201)
    people = [tenant.user_id(MEMBER), tenant.user_id(ADMIN)]
    for column in board["columns"][:-1]:
        body: Json = {
            "column_id": column["id"],
            "label_ids": [each["id"] for each in board["labels"]],
            "assignee_ids": people,
        }
        await admin.card(board, f"Card {number}", **body)
    await admin.card(board, "Planned", sprint_id=tenant.sprint_id)
    adrift = await admin.card(board, "Adrift", column_id=board["columns"][1]["id"])
    await lose_branch(world, tenant, adrift)
    archived = await admin.card(board, "Away", assignee_ids=people)
    expect(await admin.post(f"/cards/{archived['id']}/archive"), 200)


async def lose_branch(world: World, tenant: Tenant, card: Json) -> None:
    """A branch of the card that was deleted at GitHub."""
    branch = CardBranch(
        id=new_id(),
        workspace_id=UUID(tenant.workspace["id"]),
        board_id=UUID(tenant.board["id"]),
        card_id=UUID(card["id"]),
        repository_id=UUID(tenant.repository_id),
        name=f"feature/{card['key']}",
        url="",
        state=BranchState.DELETED,
        github_updated_at=world.clock.now(),
    )
    async with world.runtime.database.transaction(SYSTEM) as tx:
        tx.session.add(branch)


async def crowd_card(world: World, tenant: Tenant, number: int) -> None:
    """One more of everything on the card."""
    admin, card = speaking(world, tenant.people[ADMIN]), tenant.card
    path = f"/cards/{card['id']}"
    for list_name, body in (
        ("comments", {"body": f"@{tenant.people[MEMBER].actor.login} {number}"}),
        ("checklist", {"text": f"Step {number}"}),
        ("attachments", {"url": f"https://example.com/{number}"}),
    ):
        expect(await admin.post(f"{path}/{list_name}", json=body), 201)
    for rule in list(Rule)[number : number + 1]:
        if rule is not Rule.CLOSED:
            await stop_rule(world, tenant.workspace, card, rule)
    blocker = await admin.card(tenant.board, f"Before {number}")
    expect(await admin.request("PUT", f"{path}/blockers/{blocker['id']}"), 200)
