"""Somebody deletes their account: nothing names them any more, and the work of others and for others stays."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from taskly.github.models import (
    CommitRow,
    DeliveryState,
    GitRepository,
    Health,
    PullRequestReview,
    PullRequestRow,
    WebhookDelivery,
)
from taskly.github.rules.facts import PullRequestState
from taskly.github.rules.reviews import ReviewState
from taskly.kit.ids import new_id
from taskly.platform.context import SYSTEM
from taskly.privacy.rules import former_login
from taskly.users.github_oauth import GitHubProfile
from taskly.users.github_sign_in import _recognise
from tests.contract.tenants import state_of
from tests.support.actors import Actor, Json, expect
from tests.support.purging import purge
from tests.support.world import World

pytestmark = pytest.mark.anyio

LOGIN, NAME, EMAIL = "zaphod-b", "Zaphod Beeblebrox", "zaphod@magrathea.example"
ADDRESS = "192.0.2.42"
SEPTEMBER = datetime(2026, 9, 1, tzinfo=UTC)


@pytest.fixture
async def zaphod(world: World) -> Actor:
    """Somebody with an account at GitHub, and an unmistakable name."""
    zaphod = await world.person(LOGIN)
    async with world.runtime.database.transaction(SYSTEM) as tx:
        await tx.session.execute(
            text(
                "UPDATE users SET github_id = 4242, name = :name, email = :email, github_token = 'x',"
                " verified_emails = ARRAY[:email], avatar_url = 'https://avatars.example/zaphod-b'"
                " WHERE id = :id"
            ),
            {"id": zaphod.user_id, "name": NAME, "email": EMAIL},
        )
    return zaphod


@pytest.fixture
async def board(alice: Actor, zaphod: Actor) -> Json:
    """A board of alice's workspace, with zaphod in it."""
    workspace = await alice.workspace()
    await alice.invite(workspace, zaphod, "member")
    return await alice.board(workspace)


async def go(actor: Actor, login: str = LOGIN) -> Any:
    """Delete the account."""
    return await actor.request("DELETE", "/me", json={"login": login})


async def dump(world: World) -> dict[str, str]:
    """Everything in the database that is text, table by table."""
    async with world.runtime.database.reading() as session:
        tables = list(
            await session.scalars(
                text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            )
        )
        return {
            table: str(
                await session.scalar(
                    text(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM \"{table}\" t")  # noqa: S608
                )
            ).lower()
            for table in tables
        }


async def tell_of_github(world: World, workspace_id: str) -> None:
    """Facts of GitHub that name zaphod."""
    of = {"workspace_id": UUID(workspace_id)}
    repository = GitRepository(
        id=new_id(), github_id=1, owner="octo", name="payments", default_branch="main",
        private=True, health=Health.HEALTHY, github_updated_at=SEPTEMBER, **of,
    )  # fmt: skip
    pull = PullRequestRow(
        id=new_id(), repository_id=repository.id, github_id=7, number=7, title="Fix", body="",
        url="https://github.com/octo/payments/pull/7", author=LOGIN, state=PullRequestState.OPEN,
        draft=False, head_branch="fix", head_sha="a" * 40, head_fork=f"{LOGIN}/payments",
        base_branch="main", requested_reviewers=[LOGIN, "octocat"], opened_at=SEPTEMBER,
        merged_by=LOGIN.upper(), github_updated_at=SEPTEMBER, asked=False, verified_at=SEPTEMBER,
        **of,
    )  # fmt: skip
    rows = [
        PullRequestReview(
            id=new_id(), pull_request_id=pull.id, reviewer_id=4242, reviewer=LOGIN, github_id=9,
            state=ReviewState.APPROVED, submitted_at=SEPTEMBER, **of,
        ),
        CommitRow(
            id=new_id(), repository_id=repository.id, branch="fix", sha="a" * 40, message="Fix",
            author=NAME, committed_at=SEPTEMBER, **of,
        ),
        WebhookDelivery(
            id=new_id(), repository_id=repository.id, delivery_id=new_id(), event="push",
            payload=f'{{"sender":{{"login":"{LOGIN}"}}}}'.encode(), state=DeliveryState.PROCESSED,
            received_at=SEPTEMBER, **of,
        ),
    ]  # fmt: skip
    async with world.runtime.database.transaction(SYSTEM) as tx:
        for each in (repository, pull):
            tx.session.add(each)
            await tx.session.flush()
        tx.session.add_all(rows)


async def leave_traces(world: World, alice: Actor, zaphod: Actor, board: Json) -> Json:
    """Let zaphod do, and have done to him, something of everything; a card."""
    at = {"X-Forwarded-For": ADDRESS, "User-Agent": f"{LOGIN}'s browser"}
    workspace = f"/workspaces/{board['workspace_id']}"
    card = await zaphod.card(board, "His card", assignee_ids=[str(zaphod.user_id)])
    on_card = f"/cards/{card['id']}"
    expect(await zaphod.post(f"{on_card}/comments", json={"body": "I was here."}), 201)
    said = {"body": f"Ask @{LOGIN}, or @{LOGIN.upper()}!"}
    comment = expect(await alice.post(f"{on_card}/comments", json=said), 201)
    expect(
        await alice.patch(f"{on_card}/comments/{comment['id']}", json={"body": f"@{LOGIN}?"}), 200
    )
    expect(await zaphod.request("PUT", f"{on_card}/watchers/me"), 204)
    for who, shared in ((zaphod, False), (zaphod, True), (alice, True)):
        view = {"name": f"View {shared}", "query": f"assignee:{LOGIN}", "shared": shared}
        expect(await who.post(f"{workspace}/views", json=view), 201)
    token = {"name": f"{LOGIN} laptop", "scopes": ["read"]}
    expect(await zaphod.post("/me/tokens", json=token, headers={**at, "Idempotency-Key": "k"}), 201)
    elsewhere = await alice.workspace("Elsewhere")
    invited = {"emails": [EMAIL.upper(), "trillian@example.com"]}
    expect(await alice.post(f"/workspaces/{elsewhere['id']}/invitations", json=invited), 201)
    await tell_of_github(world, board["workspace_id"])
    return card


async def test_no_column_of_any_table_names_who_has_gone(
    world: World, alice: Actor, zaphod: Actor, board: Json
) -> None:
    await leave_traces(world, alice, zaphod, board)
    before = await dump(world)
    needles = (LOGIN, NAME.lower(), EMAIL, "4242", "zaphod")
    # Nothing below would be found out if nothing had been there.
    assert {
        table for table, rows in before.items() if any(needle in rows for needle in needles)
    } >= {"users", "events", "card_comments", "saved_views", "api_tokens", "pull_requests"}

    expect(await go(zaphod), 204)

    after = await dump(world)
    found = {
        (table, needle) for table, rows in after.items() for needle in needles if needle in rows
    }
    assert found == set()
    binary = LOGIN.encode().hex()
    assert [table for table, rows in after.items() if binary in rows] == []
    async with world.runtime.database.reading() as session:
        of_zaphod = {"id": zaphod.user_id}
        for table in ("sessions", "api_tokens", "card_watchers", "idempotency_keys"):
            left = text(f"SELECT count(*) FROM {table} WHERE user_id = :id")  # noqa: S608
            assert await session.scalar(left, of_zaphod) == 0, table
        where = text("SELECT count(*) FROM audit_entries WHERE actor_id = :id AND address <> ''")
        assert await session.scalar(where, of_zaphod) == 0


async def test_work_stays_under_the_former_member(
    world: World, alice: Actor, zaphod: Actor, board: Json
) -> None:
    card = await leave_traces(world, alice, zaphod, board)
    workspace = f"/workspaces/{board['workspace_id']}"

    expect(await go(zaphod), 204)

    his, hers = expect(await alice.get(f"/cards/{card['id']}/comments"), 200)["items"]
    assert (his["author_id"], his["body"]) == (str(zaphod.user_id), "I was here.")
    assert hers["body"] == "@former_member?"
    entries = expect(await alice.get(f"/cards/{card['id']}/timeline"), 200)["items"]
    assert entries[-1]["actor"]["user_id"] == str(zaphod.user_id)
    audit = expect(await alice.get(f"{workspace}/audit"), 200)["items"]
    assert (audit[0]["type"], audit[0]["actor"]["name"]) == ("member.removed", "Former member")
    assert (audit[0]["address"], audit[0]["user_agent"]) == (None, None)
    people = expect(await alice.get(f"{workspace}/members"), 200)["items"]
    assert [each["login"] for each in people] == ["alice"]
    views = expect(await alice.get(f"{workspace}/views"), 200)["items"]
    assert [(each["owner_id"], each["query"]) for each in views] == [
        (str(zaphod.user_id), "assignee:former_member"),
        (str(alice.user_id), "assignee:former_member"),
    ]
    async with world.runtime.database.reading() as session:
        user = (
            await session.execute(
                text("SELECT * FROM users WHERE id = :id"), {"id": zaphod.user_id}
            )
        ).one()
    assert (user.login, user.name) == (former_login(zaphod.user_id), "Former member")
    assert (user.github_id, user.email, user.avatar_url, user.github_token) == (None,) * 4


async def test_the_log_of_a_left_workspace_says_so_and_cards_are_freed(
    world: World, alice: Actor, zaphod: Actor, board: Json
) -> None:
    await zaphod.card(board, assignee_ids=[str(zaphod.user_id)])

    expect(await go(zaphod), 204)

    announcer: Any = world.runtime.database.announcer
    removed = announcer.recorded[-1]
    assert (removed.type, removed.data["id"]) == ("member.removed", zaphod.user_id)
    assert announcer.promised[-1].spec.kind == "cards.unassign_member"


async def test_an_open_invitation_is_revoked_and_its_link_leads_nowhere(
    world: World, alice: Actor, zaphod: Actor
) -> None:
    workspace = await alice.workspace()
    path = f"/workspaces/{workspace['id']}"
    invited = expect(await alice.post(f"{path}/invitations", json={"emails": [EMAIL]}), 201)
    token = invited["items"][0]["link"].partition("#token=")[2]

    expect(await go(zaphod), 204)

    assert expect(await alice.get(f"{path}/invitations"), 200)["items"] == []
    audit = expect(await alice.get(f"{path}/audit"), 200)["items"]
    assert audit[0]["type"] == "invitation.revoked"
    looked_up = await alice.post("/invitations/look-up", json={"token": token})
    assert expect(looked_up, 404)["code"] == "invitation_not_found"


async def test_nothing_signs_somebody_in_who_has_gone(world: World, zaphod: Actor) -> None:
    token = expect(await zaphod.post("/me/tokens", json={"name": "a", "scopes": ["read"]}), 201)
    expect(await go(zaphod), 204)
    world.runtime.belongings._things.clear()  # what a process remembers for three seconds

    for secret in (zaphod.token, token["token"]):
        late = Actor(zaphod.client, zaphod.user_id, zaphod.login, secret)
        assert expect(await late.get("/me"), 401)["code"] == "not_signed_in"


async def test_the_same_account_at_github_is_somebody_new(
    world: World, alice: Actor, zaphod: Actor, board: Json
) -> None:
    expect(await go(zaphod), 204)

    profile = GitHubProfile(
        id=4242, login=LOGIN, name=NAME, email=EMAIL, verified_emails=(EMAIL,), avatar_url=None
    )
    async with world.runtime.database.transaction(SYSTEM) as tx:
        again = await _recognise(tx, profile)
        await tx.session.flush()

    assert again.id != zaphod.user_id
    assert (again.login, again.deleted_at) == (LOGIN, None)


async def test_a_workspace_in_which_somebody_is_alone_goes_with_them(
    world: World, alice: Actor, zaphod: Actor, board: Json
) -> None:
    own = await zaphod.board(await zaphod.workspace("Own"))
    await zaphod.card(own)

    expect(await go(zaphod), 204)
    await purge(world)

    async with world.runtime.database.reading() as session:
        left = await session.scalars(text("SELECT id FROM boards"))
        assert set(left) == {UUID(board["id"])}
    announcer: Any = world.runtime.database.announcer
    assert {"workspace.deleted", "board.deleted", "member.removed"} <= {
        each.type for each in announcer.recorded
    }


async def test_the_last_admin_has_to_hand_over_first(
    world: World, alice: Actor, zaphod: Actor, board: Json
) -> None:
    needy = await zaphod.workspace("Heart of Gold")
    await zaphod.invite(needy, alice, "member")
    before = await state_of(world)

    refused = expect(await go(zaphod), 409)

    assert refused["code"] == "still_needed"
    assert refused["workspaces"] == [{"id": needy["id"], "name": "Heart of Gold"}]
    assert await state_of(world) == before
    member = f"/workspaces/{needy['id']}/members/{alice.user_id}"
    expect(await zaphod.patch(member, json={"role": "admin"}), 200)
    expect(await go(zaphod), 204)


@pytest.mark.parametrize("login", ["Zaphod-b", "zaphod-b ", "", "alice"])
async def test_another_login_deletes_nothing(world: World, zaphod: Actor, login: str) -> None:
    before = await state_of(world)

    assert expect(await go(zaphod, login), 422)["code"] == "login_differs"
    assert await state_of(world) == before


async def test_who_has_gone_is_no_admin_that_a_workspace_could_keep(
    world: World, alice: Actor, zaphod: Actor
) -> None:
    workspace = await alice.workspace()
    async with world.runtime.database.transaction(SYSTEM) as tx:
        await tx.session.execute(
            text("INSERT INTO workspace_members VALUES (:workspace, :zaphod, 'admin')"),
            {"workspace": UUID(workspace["id"]), "zaphod": zaphod.user_id},
        )
        await tx.session.execute(
            text("UPDATE users SET deleted_at = now() WHERE id = :id"), {"id": zaphod.user_id}
        )

    refused = await alice.delete(f"/workspaces/{workspace['id']}/members/me")

    assert expect(refused, 409)["code"] == "last_admin"
