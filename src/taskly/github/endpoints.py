"""HTTP of GitHub: connections, branches, the code of a card, the rules of a board, and GitHub's webhook."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Request, Response

from taskly.boards.access import BoardToEdit, BoardToRead
from taskly.boards.errors import BoardArchived, NotOnBoard
from taskly.cards.access import CardToEdit, CardToRead
from taskly.cards.errors import CardIsArchived
from taskly.github import board_settings, development, job_reading, repository
from taskly.github.access import RepositoryToAdminister
from taskly.github.branches import branching
from taskly.github.connections import available, connecting, reconnecting
from taskly.github.connections.schemas import AvailablePage
from taskly.github.deliveries import app_intake, intake
from taskly.github.development_schemas import Development
from taskly.github.errors import (
    ASKING,
    AppShutOut,
    BadSignature,
    BranchExists,
    BranchNameInvalid,
    GitHubNotFound,
    MalformedDelivery,
    NoRepository,
    NotAnAdministrator,
    RepositoryArchived,
    RepositoryConnected,
    WebhookMediaType,
)
from taskly.github.schemas import (
    AutomationResponse,
    BranchPromise,
    ConnectedRepository,
    ConnectRepository,
    CreateBranch,
    JobResponse,
    ReceiptResponse,
    RepositoryResponse,
    UpdateAutomation,
)
from taskly.platform.http.pages import Page, Paging
from taskly.platform.http.problems import Forbidden, NotFound, Stale, problems
from taskly.platform.http.routing import Router
from taskly.platform.http.schema import Line
from taskly.platform.runtime import RuntimeOf
from taskly.users.access import ReadSession, SignedIn, Tx
from taskly.users.errors import InsufficientScope
from taskly.workspaces.access import WorkspaceToRead

_PAYLOAD = {"schema": {"type": "object"}, "example": {"zen": "Keep it logically awesome."}}

router = Router(tags=["github"])
webhook_router = Router(tags=["webhooks"])
jobs_router = Router(tags=["jobs"])

Wanted = Annotated[
    Line | None,
    Query(max_length=100, description="What `owner/name` has to contain, in capitals or not."),
]


@router.get(
    "/workspaces/{workspace_id}/repositories/available",
    summary="List repositories to connect",
    responses=problems(Forbidden, InsufficientScope, NotFound, AppShutOut, *ASKING),
)
async def list_available_repositories(
    workspace_id: UUID, principal: SignedIn, runtime: RuntimeOf, paging: Paging, q: Wanted = None
) -> AvailablePage:
    """List the caller's repositories at GitHub, most recently pushed first. For admins.

    GitHub is asked for a few hundred at a time, so a page may be short, or even empty, while `next_cursor` says that
    there are more. Behind what the caller's own account lists comes what is reached through the GitHub App alone. An
    installation of the app that can't be asked is named in `unasked`, if it is on an account that the caller has to do
    with, and the others are listed.
    """
    return await available.list_available(runtime, principal, workspace_id, q, paging)


@router.post(
    "/workspaces/{workspace_id}/repositories",
    summary="Connect a repository",
    status_code=201,
    responses=problems(
        Forbidden,
        NotAnAdministrator,
        NotFound,
        GitHubNotFound,
        RepositoryArchived,
        RepositoryConnected,
        *ASKING,
    ),
)
async def connect_repository(
    workspace_id: UUID, body: ConnectRepository, principal: SignedIn, runtime: RuntimeOf, tx: Tx
) -> ConnectedRepository:
    """Connect a repository that the caller administers at GitHub. For admins.

    A job then makes the webhook and fetches open and lately merged pull requests; `health` says how far
    it is.
    """
    made = await connecting.connect(runtime, tx, principal, workspace_id, body.full_name)
    shown = RepositoryResponse.of(made.repository)
    return ConnectedRepository(**shown.model_dump(), job_id=made.job_id)


@router.get(
    "/workspaces/{workspace_id}/repositories",
    summary="List connected repositories",
    responses=problems(NotFound),
)
async def list_repositories(
    access: WorkspaceToRead, session: ReadSession, paging: Paging
) -> Page[RepositoryResponse]:
    """List the repositories of a workspace, with how their connections are doing."""
    rows = await repository.repositories_of(
        session, access.workspace.id, after=paging.after(UUID), limit=paging.rows
    )
    return paging.page(rows, RepositoryResponse.of, lambda row: row.id)


@router.delete(
    "/repositories/{repository_id}",
    summary="Disconnect a repository",
    status_code=204,
    responses=problems(Forbidden, NotFound),
)
async def disconnect_repository(
    access: RepositoryToAdminister, principal: SignedIn, tx: Tx
) -> None:
    """Take a repository's branches and pull requests off the cards, and its webhook away. For admins.

    What happened stays in the cards' timelines.
    """
    await connecting.disconnect(tx, principal, access.repository.id)


@router.post(
    "/repositories/{repository_id}/reconnect",
    summary="Reconnect a repository",
    status_code=202,
    responses=problems(
        Forbidden,
        InsufficientScope,
        NotAnAdministrator,
        NotFound,
        GitHubNotFound,
        RepositoryArchived,
        *ASKING,
    ),
)
async def reconnect_repository(
    repository_id: UUID, principal: SignedIn, runtime: RuntimeOf, tx: Tx
) -> ConnectedRepository:
    """Have Taskly act in the caller's name at a connected repository from now on. For admins.

    For when the account that connected it lost its access, or the webhook is gone. A job then sees to the webhook, and
    what GitHub holds is compared; nothing is taken off the cards.
    """
    made = await reconnecting.reconnect(runtime, tx, principal, repository_id)
    shown = RepositoryResponse.of(made.repository)
    return ConnectedRepository(**shown.model_dump(), job_id=made.job_id)


@router.post(
    "/cards/{card_id}/branches",
    summary="Create a branch",
    status_code=202,
    responses=problems(
        Forbidden,
        NotFound,
        BoardArchived,
        Stale,
        CardIsArchived,
        NoRepository,
        RepositoryArchived,
        BranchNameInvalid,
        BranchExists,
    ),
)
async def create_branch(
    access: CardToEdit, body: CreateBranch, principal: SignedIn, runtime: RuntimeOf, tx: Tx
) -> BranchPromise:
    """Create a branch for a card, in the caller's name. For members.

    A job makes it at GitHub; the branch's `state` says when it is there.
    """
    asked = await branching.ask_for_branch(tx, runtime.settings, access, principal.user_id, body)
    return BranchPromise(job_id=asked.job_id, branch=asked.shown)


@router.get(
    "/cards/{card_id}/development", summary="Read a card's code", responses=problems(NotFound)
)
async def read_development(
    access: CardToRead, session: ReadSession, runtime: RuntimeOf
) -> Development:
    """Read the branches and pull requests of a card, with reviews, checks and drift."""
    return await development.read_development(session, access, runtime.clock.now())


@router.get(
    "/boards/{board_id}/automation", summary="Read a board's rules", responses=problems(NotFound)
)
async def read_automation(access: BoardToRead, session: ReadSession) -> AutomationResponse:
    """Read where cards go by themselves when something happens at GitHub."""
    return AutomationResponse.model_validate(await board_settings.read_rules(session, access))


@router.patch(
    "/boards/{board_id}/automation",
    summary="Change a board's rules",
    responses=problems(
        Forbidden, NotFound, BoardArchived, Stale, NotOnBoard, BranchNameInvalid, NoRepository
    ),
)
async def update_automation(
    access: BoardToEdit, body: UpdateAutomation, tx: Tx
) -> AutomationResponse:
    """Change where cards go by themselves when something happens at GitHub. For members."""
    return AutomationResponse.model_validate(await board_settings.update_rules(tx, access, body))


_TAKING: dict[str, Any] = {
    "status_code": 202,
    "response_model": ReceiptResponse,
    "responses": {
        200: {
            "model": ReceiptResponse,
            "description": "A delivery that was here before.",
        },
        **problems(BadSignature, MalformedDelivery, WebhookMediaType),
    },
    "openapi_extra": {"requestBody": {"required": True, "content": {"application/json": _PAYLOAD}}},
}


@webhook_router.post(
    "/webhooks/github/{repository_id}", summary="Take a delivery of GitHub", **_TAKING
)
async def receive_delivery(repository_id: UUID, request: Request, runtime: RuntimeOf) -> Response:
    """Take one request of the webhook that Taskly made. Signed by GitHub, so nobody signs in."""
    receipt = await intake.receive(runtime, repository_id, request.headers, await request.body())
    return Response(receipt.body, status_code=receipt.status, media_type="application/json")


@webhook_router.post("/webhooks/github", summary="Take a delivery of GitHub to its app", **_TAKING)
async def receive_app_delivery(request: Request, runtime: RuntimeOf) -> Response:
    """Take one request of the GitHub App's webhook, for every workspace that it concerns. Signed by GitHub, so
    nobody signs in."""
    receipt = await app_intake.receive(runtime, request.headers, await request.body())
    return Response(receipt.body, status_code=receipt.status, media_type="application/json")


@jobs_router.get("/jobs/{job_id}", summary="Read a job", responses=problems(NotFound))
async def read_job(job_id: UUID, principal: SignedIn, session: ReadSession) -> JobResponse:
    """Read how a piece of work that was promised stands."""
    return await job_reading.read_job(session, principal, job_id)
