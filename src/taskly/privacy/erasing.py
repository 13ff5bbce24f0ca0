"""Somebody goes: what is personal is erased, what they did for others stays under "Former member".

Their account ends with the request; where others or programs wrote their login, a job takes it out.

The row of the person stays, because work refers to it, and says nothing any more. Locks are taken in the
order of everybody: workspaces by id, each after its boards if it goes too; the person's row comes last.
"""

from collections.abc import Collection, Sequence
from functools import partial
from uuid import UUID

import structlog

from taskly.platform.context import Actor
from taskly.platform.db.session import Transaction
from taskly.platform.db.tenants import lock_contents, lock_latest_boards
from taskly.platform.events.log import Stream
from taskly.platform.events.models import StreamKind
from taskly.platform.http.problems import NotFound, NotSignedIn, Unavailable
from taskly.platform.runtime import Runtime
from taskly.privacy import erasure_repository as repository
from taskly.privacy.erasure_repository import Place
from taskly.privacy.errors import LoginDiffers, StillNeeded
from taskly.privacy.jobs import RemoveTraces
from taskly.privacy.rules import FORMER_MEMBER, former_login
from taskly.users import repository as users
from taskly.users.principal import Principal
from taskly.users.rechecking import recheck_sockets
from taskly.workspaces.access import open_workspace_to_change
from taskly.workspaces.inviting import revoke_one
from taskly.workspaces.models import Role, WorkspaceInvitation
from taskly.workspaces.rules import same_address
from taskly.workspaces.service import delete_workspace, remove_member

log = structlog.get_logger()


async def erase(runtime: Runtime, principal: Principal, login: str) -> None:
    """Erase the caller, who has typed their login; their sockets close.

    Workspaces in which nobody else is are deleted, the others left; what was sent to the person's addresses
    is revoked.

    Raises:
        LoginDiffers: it is not the caller's login. Nothing happened.
        StillNeeded: others would be left without an admin; `workspaces` names where. Nothing happened.
        Unavailable: the person joins a workspace at the same moment. Nothing happened.
    """
    async with runtime.database.transaction(Actor.user(principal.user_id)) as tx:
        await _erase(tx, principal, login)
    log.info("privacy.person_erased", user_id=str(principal.user_id))
    await recheck_sockets(runtime.redis, principal.user_id)


async def _erase(tx: Transaction, principal: Principal, login: str) -> None:
    user = await users.user(tx.session, principal.user_id)
    if user is None:
        raise NotSignedIn
    if login != user.login:
        raise LoginDiffers("Send your login exactly as Taskly shows it. Nothing was deleted.")
    places = await repository.places_of(tx.session, user.id)
    _require_free(places)
    addresses = {same_address(each) for each in (*user.verified_emails, user.email or "") if each}
    invitations = await repository.invitations_to(tx.session, user.id, addresses)
    await _leave_all(tx, principal, places, invitations)
    tx.promise(
        RemoveTraces(
            user_id=user.id,
            workspace_ids=[each.workspace_id for each in places],
            login=user.login,
            name_at_github=None if user.github_id is None else user.name,
        )
    )
    await repository.forget_rows(tx.session, user.id, addresses)
    tx.do_last(partial(_become_nobody, tx, user.id))


def _require_free(places: Collection[Place]) -> None:
    needy = [each for each in places if each.needs_an_admin]
    if needy:
        names = ", ".join(each.name for each in needy)
        raise StillNeeded(
            f"You are the last admin of {names}. Make somebody else admin there, or delete it.",
            workspaces=[{"id": str(each.workspace_id), "name": each.name} for each in needy],
        )


async def _leave_all(
    tx: Transaction,
    principal: Principal,
    places: Sequence[Place],
    invitations: Sequence[WorkspaceInvitation],
) -> None:
    """Leave or delete each workspace, and take back what was sent to the person, in the order of locks."""
    own = {each.workspace_id: each for each in places}
    for workspace_id in sorted({*own, *(each.workspace_id for each in invitations)}):
        place = own.get(workspace_id)
        if place is not None and place.is_alone:
            await lock_contents(tx, workspace_id)
            await _leave(tx, principal, place)
            continue  # With the workspace its invitations are gone.
        if place is None:
            await _lock(tx, workspace_id)
        else:
            await _leave(tx, principal, place)
        for invitation in invitations:
            is_open = invitation.accepted_at is None and invitation.revoked_at is None
            if invitation.workspace_id == workspace_id and is_open:
                revoke_one(tx, invitation)
    await tx.session.flush()


async def _leave(tx: Transaction, principal: Principal, seen: Place) -> None:
    try:
        access = await open_workspace_to_change(tx, principal, seen.workspace_id, Role.VIEWER)
    except NotFound:
        if await users.user_to_mention(tx.session, principal.user_id) is None:
            raise NotSignedIn from None
        raise Unavailable(f"Somebody takes you out of {seen.name} right now. Try again.") from None
    present = await repository.places_of(tx.session, principal.user_id)
    place = next((each for each in present if each.workspace_id == seen.workspace_id), seen)
    if place.is_alone is not seen.is_alone:
        raise Unavailable(f"Somebody joins or leaves {seen.name} right now. Try again.")
    _require_free([place])
    if place.is_alone:
        await lock_latest_boards(tx, seen.workspace_id)
        await delete_workspace(tx, access, access.workspace.name)
    else:
        await remove_member(tx, access, principal.user_id)


async def _lock(tx: Transaction, workspace_id: UUID) -> None:
    try:
        await tx.lock(Stream(StreamKind.WORKSPACE, workspace_id, workspace_id))
    except LookupError:
        raise Unavailable("A workspace that invited you is being deleted. Try again.") from None


async def _become_nobody(tx: Transaction, user_id: UUID) -> None:
    """The last step: from here on nobody can refer to the person as somebody who is there."""
    await tx.session.flush()
    await repository.become_nobody(
        tx.session,
        user_id,
        github_id=None,
        login=former_login(user_id),
        name=FORMER_MEMBER,
        name_chosen=True,
        email=None,
        verified_emails=[],
        avatar_url=None,
        github_token=None,
        github_token_expires_at=None,
        github_refresh_token=None,
        github_refresh_token_expires_at=None,
        github_scopes=[],
        deleted_at=tx.now,
        updated_at=tx.now,
    )
    await repository.forget_whereabouts(tx.session, user_id)
    if await repository.is_member_anywhere(tx.session, user_id):
        raise Unavailable("You joined a workspace at this moment. Try again.")
