"""Two workspaces that have nothing to do with each other, each with something of everything."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import text

from taskly.github.deliveries.webhook_secrets import renew_secret
from taskly.github.delivery_models import DeliveryState, WebhookDelivery
from taskly.github.models import GitRepository, Health, PullRequestRow, StoppedRule
from taskly.github.rules.automation import Rule
from taskly.github.rules.facts import PullRequestState
from taskly.kit.ids import new_id
from taskly.notifications.unsubscribing import UnsubscribeLinks
from taskly.platform.context import SYSTEM
from taskly.users.issuing import Issuer
from taskly.users.local_sign_in import make_link
from taskly.users.sessions import Device, start_session
from tests.support.actors import Actor, Json, expect
from tests.support.policy import ADMIN, MEMBER, READ, VIEWER, WRITE
from tests.support.tenant import Person, Tenant
from tests.support.world import World

SPRINT = {"name": "Sprint 1", "starts_on": "2026-11-23", "ends_on": "2026-12-04"}
VIEW = {"name": "Bugs", "query": "label:bug", "shared": True}
FILE = b'{"format":"taskly.workspace","version":1}\n'
LINES = {"Content-Type": "application/x-ndjson"}
ROLES = {VIEWER: VIEWER, MEMBER: MEMBER, "second-admin": ADMIN, "other": MEMBER}
SCOPES = (READ, WRITE, ADMIN)
FINGERPRINT = "md5(string_agg(t::text, '|' ORDER BY t::text))"


async def make_tenant(world: World, prefix: str = "") -> Tenant:
    """A workspace with a viewer, a member, two admins and another member.

    `prefix` begins the logins of its people.
    """
    people = {
        name: await _person(world, f"{prefix}{name}")
        for name in (VIEWER, MEMBER, ADMIN, "second-admin", "other")
    }
    admin = people[ADMIN].actor
    workspace = await admin.workspace()
    for name, role in ROLES.items():
        await admin.invite(workspace, people[name].actor, role)
    board = await admin.board(workspace, key="PAY")
    card = await admin.card(board, "A card", checklist=[{"text": "Ask the bank"}])
    on_card, neighbour = f"/cards/{card['id']}", await admin.card(board, "Another card")
    hanging = await _hang_on(admin, board, card, people["other"], neighbour)
    code = await _code(world, admin, workspace, card)
    link = await make_link(world.runtime.database, world.runtime.settings, f"{prefix}local")
    invited = await _invited(admin, workspace, f"{prefix}invited@example.com")
    return Tenant(
        invitation_id=invited["invitation"]["id"],
        invitation=invited["link"].partition("#token=")[2],
        people=people,
        workspace=workspace,
        card=card,
        neighbour=neighbour,
        label_id=hanging["label_ids"][0],
        sprint_id=await _sprint_in_series(admin, f"/boards/{board['id']}/sprints", SPRINT),
        **code,
        **await _delivered(world, admin, workspace, code["repository_id"]),
        item_id=card["checklist"][0]["id"],
        attachment_id=await _made(admin, f"{on_card}/attachments", {"url": "https://example.com"}),
        operation_id=await _last_operation(admin, card),
        comment_id=await _made(admin, f"{on_card}/comments", {"body": "Does the bank answer?"}),
        **await _shared_pictures(admin, board),
        view_id=await _made(admin, f"/workspaces/{workspace['id']}/views", VIEW),
        link=link.partition("?token=")[2],
        unsubscribe=_token_to_unsubscribe(world, admin),
        board=await admin.snapshot(board["id"]),
        other_board=await _other_board(admin, workspace),
        import_id=await _import(admin, workspace),
    )


async def _shared_pictures(admin: Actor, board: Json) -> dict[str, str]:
    """A link that shows the pictures of a board, and the token in its address."""
    path = f"/boards/{board['id']}/picture-links"
    made = expect(await admin.post(path, json={"name": "README"}), 201)
    return {"link_id": made["id"], "picture_token": made["address"].rpartition("/")[2]}


async def _import(admin: Actor, workspace: Json) -> str:
    """A file that was read; its board is not made yet."""
    path = f"/workspaces/{workspace['id']}/imports?source=csv"
    return str(expect(await admin.post(path, content=b"Title,Assignee\nOne,Mona\n"), 201)["id"])


async def _sprint_in_series(admin: Actor, path: str, sprint: Json) -> str:
    """A sprint of a board that has a series."""
    series = {"starts_on": "2026-12-07", "ahead": 0}
    expect(await admin.request("PUT", path.replace("sprints", "sprint-series"), json=series), 200)
    return await _made(admin, path, sprint)


async def _other_board(admin: Actor, workspace: Json) -> Json:
    """A board with a card, for others to go there."""
    board = await admin.board(workspace, name="Another")
    await admin.card(board, "Elsewhere")
    return await admin.snapshot(board["id"])


def _token_to_unsubscribe(world: World, person: Actor) -> str:
    link = UnsubscribeLinks(world.runtime.settings).link(person.user_id, None)
    return link.partition("?token=")[2]


async def _invited(admin: Actor, workspace: Json, email: str) -> Json:
    answer = await admin.post(
        f"/workspaces/{workspace['id']}/invitations", json={"emails": [email]}
    )
    [invited] = expect(answer, 201)["items"]
    return dict(invited)


async def _last_operation(admin: Actor, card: Json) -> str:
    entries = expect(await admin.get(f"/cards/{card['id']}/timeline?limit=1"), 200)["items"]
    return str(entries[0]["operation_id"])


async def _hang_on(
    admin: Actor, board: Json, card: Json, person: Person, blocker: Json
) -> dict[str, list[str]]:
    """Hang one of each kind on a card."""
    label = {"name": "bug", "color": "#d73a4a"}
    hanging = {
        "assignee_ids": [str(person.actor.user_id)],
        "label_ids": [await _made(admin, f"/boards/{board['id']}/labels", label)],
        "blocker_ids": [str(blocker["id"])],
    }
    expect(await admin.patch(f"/cards/{card['id']}", json=hanging), 200)
    return hanging


async def _person(world: World, login: str) -> Person:
    actor = await world.person(login)
    async with world.runtime.database.transaction(SYSTEM) as tx:
        issuer = Issuer(world.runtime.settings)
        spare = await start_session(tx, issuer, actor.user_id, Device("spare", "127.0.0.1"))
    tokens, token_id = {}, ""
    for scope in SCOPES:
        body = {"name": scope, "scopes": [scope]}
        made = expect(await actor.post("/me/tokens", json=body), 201)
        tokens[scope], token_id = made["token"], token_id or made["id"]
    sent = expect(await actor.post("/workspaces/imports", content=FILE, headers=LINES), 201)
    async with world.runtime.database.transaction(SYSTEM) as tx:
        # As a job leaves a file that it has looked at.
        await tx.session.execute(
            text("UPDATE workspace_imports SET state = 'previewed' WHERE id = :id"),
            {"id": sent["id"]},
        )
        # Noted as used right now, so that their use in a test changes nothing.
        await tx.session.execute(
            text("UPDATE api_tokens SET last_used_at = :now"), {"now": world.clock.now()}
        )
    return Person(actor, str(spare.session_id), token_id, sent["id"], tokens, spare.refresh_token)


async def _webhook(world: World, admin: Actor, workspace: Json) -> dict[str, str]:
    """A webhook that was tested, as a worker leaves it."""
    path = f"/workspaces/{workspace['id']}/webhooks"
    body = {"url": "https://hooks.example.org/taskly", "event_types": ["*"]}
    webhook_id = await _made(admin, path, body)
    tested = expect(await admin.post(f"{path}/{webhook_id}/test"), 202)
    async with world.runtime.database.transaction(SYSTEM) as tx:
        await tx.session.execute(
            text("UPDATE webhook_attempts SET state = 'failed', attempts = 1 WHERE id = :id"),
            {"id": tested["id"]},
        )
    return {"webhook_id": webhook_id, "delivery_id": str(tested["id"])}


async def connect(world: World, workspace_id: UUID, number: int) -> str:
    """A connected repository, as a worker leaves it; its number at GitHub."""
    row = GitRepository(
        id=new_id(),
        workspace_id=workspace_id,
        github_id=number,
        owner="octo",
        name="payments" if number == 1 else f"payments-{number}",
        default_branch="main",
        private=True,
        health=Health.HEALTHY,
        github_updated_at=datetime(2026, 11, 1, tzinfo=UTC),
    )
    renew_secret(world.runtime.encryption, row)
    async with world.runtime.database.transaction(SYSTEM) as tx:
        tx.session.add(row)
    return str(row.id)


async def _delivered(
    world: World, admin: Actor, workspace: Json, repository_id: str
) -> dict[str, str]:
    """A webhook that was tested, and a delivery of GitHub; paths call both deliveries the same."""
    made = await _webhook(world, admin, workspace)
    await deliver(world, workspace["id"], repository_id, made["delivery_id"])
    return made


async def deliver(world: World, workspace_id: str, repository_id: str, delivery_id: str) -> None:
    """A delivery of GitHub that died, as a worker leaves it."""
    row = WebhookDelivery(
        id=new_id(),
        workspace_id=UUID(workspace_id),
        repository_id=UUID(repository_id),
        delivery_id=UUID(delivery_id),
        event="push",
        payload=b"{}",
        state=DeliveryState.DEAD,
        attempts=1,
        received_at=world.clock.now(),
    )
    async with world.runtime.database.transaction(SYSTEM) as tx:
        tx.session.add(row)


async def _code(world: World, admin: Actor, workspace: Json, card: Json) -> dict[str, str]:
    """A connected repository with a pull request, which is linked to a card, and a branch that is being made."""
    repository_id = await connect(world, UUID(workspace["id"]), 1)
    at = datetime(2026, 11, 2, tzinfo=UTC)
    url = "https://github.com/octo/payments/pull/34"
    row = PullRequestRow(
        id=new_id(),
        workspace_id=UUID(workspace["id"]),
        repository_id=UUID(repository_id),
        github_id=34,
        number=34,
        title="Refunds",
        body="",
        url=url,
        author="octocat",
        state=PullRequestState.OPEN,
        draft=False,
        was_ready=True,
        head_branch="refunds",
        head_sha="",
        base_branch="main",
        requested_reviewers=[],
        opened_at=at,
        github_updated_at=at,
        asked=True,
        verified_at=at,
    )
    async with world.runtime.database.transaction(SYSTEM) as tx:
        tx.session.add(row)
    link_id = await _made(admin, f"/cards/{card['id']}/pull-requests", {"url": url})
    promise = expect(await admin.post(f"/cards/{card['id']}/branches", json={}), 202)
    return {
        "repository_id": repository_id,
        "pull_request_id": link_id,
        "stopped_rule_id": await stop_rule(world, workspace, card, Rule.CLOSED),
        "branch_id": promise["branch"]["id"],
        "job_id": promise["job_id"],
    }


async def stop_rule(world: World, workspace: Json, card: Json, rule: Rule) -> str:
    """A rule that must not move the card; its id."""
    row = StoppedRule(
        id=new_id(),
        workspace_id=UUID(workspace["id"]),
        board_id=UUID(card["board_id"]),
        card_id=UUID(card["id"]),
        rule=rule,
    )
    async with world.runtime.database.transaction(SYSTEM) as tx:
        tx.session.add(row)
    return str(row.id)


async def _made(admin: Actor, path: str, body: Json) -> str:
    made = expect(await admin.post(path, json=body), 201)
    return str(made["id"])


def speaking(world: World, person: Person, scope: str | None = None) -> Actor:
    """The person, at this application; with the personal token of a scope, if one is named."""
    token = person.actor.token if scope is None else person.tokens[scope]
    return replace(person.actor, client=world.client, token=token)


REPEATING = {"board_rollups", "card_steps", "flow_days"}
"""Tables that say of the log what it says itself; whoever asks for a figure has them brought up to date."""


async def state_of(world: World) -> dict[str, str]:
    """A fingerprint of each table: whatever changed anywhere shows here, but for what only repeats the log."""
    async with world.runtime.database.reading() as session:
        tables = await session.scalars(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        )
        queries = [
            f"SELECT '{table}' AS name, {FINGERPRINT} AS fingerprint FROM \"{table}\" t"  # noqa: S608
            for table in tables
            if table not in REPEATING
        ]
        found = await session.execute(text(" UNION ALL ".join(queries)))
        return {row.name: row.fingerprint for row in found}
