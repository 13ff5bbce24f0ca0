"""HTTP of the ledger of deliveries: for admins of the workspace."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query

from taskly.github.access import RepositoryToAdminister, RepositoryToOversee
from taskly.github.deliveries import delivery_repository, replaying
from taskly.github.deliveries.delivery_repository import DeliveryFilter
from taskly.github.deliveries.schemas import (
    GitHubDelivery,
    GitHubDeliveryDetail,
    ReplayDead,
    ReplayedDeliveries,
)
from taskly.github.delivery_models import DeliveryState
from taskly.github.errors import PayloadGone
from taskly.platform.http.pages import Page, Paging
from taskly.platform.http.problems import Forbidden, NotFound, problems
from taskly.platform.http.routing import Router
from taskly.platform.http.schema import Moment, written
from taskly.users.access import ReadSession, SignedIn, Tx
from taskly.users.errors import InsufficientScope

router = Router(prefix="/repositories/{repository_id}/deliveries", tags=["github"])

DOOR = (Forbidden, InsufficientScope, NotFound)


async def _filter(
    state: Annotated[DeliveryState | None, Query(description="Only those in this state.")] = None,
    event: Annotated[
        str | None,
        Query(
            max_length=100,
            pattern=written(r"^[a-z_]+$", "write an event as GitHub does, such as pull_request"),
            description="Only those of this event, such as `pull_request`.",
        ),
    ] = None,
    since: Annotated[Moment | None, Query(description="Only those received from then on.")] = None,
    until: Annotated[Moment | None, Query(description="Only those received earlier.")] = None,
) -> DeliveryFilter:
    return DeliveryFilter(state=state, event=event, since=since, until=until)


Wanted = Annotated[DeliveryFilter, Depends(_filter)]


@router.get("", summary="List GitHub's deliveries", responses=problems(*DOOR))
async def list_deliveries(
    access: RepositoryToOversee, wanted: Wanted, session: ReadSession, paging: Paging
) -> Page[GitHubDelivery]:
    """List what GitHub sent for a repository and what became of it, the latest first. For admins."""
    rows = await delivery_repository.deliveries(
        session,
        access.repository.id,
        wanted,
        after=paging.place((datetime, UUID)),
        limit=paging.rows,
    )
    return paging.page(rows, GitHubDelivery.of, lambda each: (each.row.received_at, each.row.id))


@router.get("/{delivery_id}", summary="Read a delivery of GitHub", responses=problems(*DOOR))
async def read_delivery(
    access: RepositoryToOversee, delivery_id: UUID, session: ReadSession
) -> GitHubDeliveryDetail:
    """Read a delivery with its payload, and which cards were moved because of it. For admins."""
    found = await delivery_repository.delivery(session, access.repository.id, delivery_id)
    if found is None:
        raise NotFound
    listed, payload = found
    moved = await delivery_repository.cards_moved(session, listed.row)
    return GitHubDeliveryDetail.with_payload(listed, payload, moved)


@router.post(
    "/{delivery_id}/replay",
    summary="Replay a delivery of GitHub",
    status_code=202,
    responses=problems(*DOOR, PayloadGone),
)
async def replay_delivery(
    access: RepositoryToAdminister, delivery_id: UUID, principal: SignedIn, tx: Tx
) -> GitHubDelivery:
    """Work a delivery out again, whatever became of it. For admins.

    One that is under way already is left alone. Where something newer is known, nothing changes.
    """
    return GitHubDelivery.of(
        await replaying.replay(tx, access.repository, principal.user_id, delivery_id)
    )


@router.post(
    "/replay",
    summary="Replay GitHub's dead deliveries",
    status_code=202,
    responses=problems(*DOOR),
)
async def replay_deliveries(
    access: RepositoryToAdminister, body: ReplayDead, principal: SignedIn, tx: Tx
) -> ReplayedDeliveries:
    """Work all dead deliveries of a repository out again, up to 500 at a time, the oldest first. For admins."""
    deliveries, complete = await replaying.replay_dead(
        tx, access.repository, principal.user_id, body.since
    )
    return ReplayedDeliveries(deliveries=deliveries, complete=complete)
