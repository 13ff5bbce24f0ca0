"""HTTP of what is known of a person."""

from typing import Annotated

from fastapi import Depends, Response
from fastapi.responses import StreamingResponse
from starlette.requests import HTTPConnection

from taskly.platform.http.problems import Forbidden, problems
from taskly.platform.http.routing import Router
from taskly.platform.runtime import RuntimeOf
from taskly.privacy import erasing, exporting
from taskly.privacy.errors import LoginDiffers, StillNeeded
from taskly.privacy.schemas import DeleteMe
from taskly.users.access import CostlyLimited, SignedInByOneself, SignedInToAdminister
from taskly.users.authentication import Authenticator, authenticator_of
from taskly.users.errors import InsufficientScope

router = Router(prefix="/me", tags=["me"])

_FILE = {
    "application/json": {
        "schema": {"type": "object", "description": "Lists of rows, by what they are."},
        "example": {
            "format": exporting.FORMAT,
            "version": exporting.VERSION,
            "exported_at": "2026-11-23T09:00:00Z",
            "profile": [{"login": "octocat", "name": "Mona Lisa"}],
            "comments": [],
        },
    }
}


async def _authenticator(connection: HTTPConnection) -> Authenticator:
    return authenticator_of(connection)


AuthenticatorOf = Annotated[Authenticator, Depends(_authenticator)]


@router.get(
    "/export",
    summary="Export everything about me",
    response_class=StreamingResponse,
    responses={
        **problems(InsufficientScope),
        200: {"description": "The file.", "content": _FILE},
    },
    dependencies=[CostlyLimited],
)
async def export_me(principal: SignedInToAdminister, runtime: RuntimeOf) -> StreamingResponse:
    """Everything that is stored about the caller, as one JSON document, without what opens doors.

    Of workspaces that the caller has left it holds what they did and wrote, not what others did.
    """
    return StreamingResponse(
        exporting.export(runtime, principal),
        media_type="application/json",
        headers={"Content-Disposition": 'attachment; filename="taskly-me.json"'},
    )


@router.delete(
    "",
    summary="Delete my account",
    status_code=204,
    responses=problems(Forbidden, LoginDiffers, StillNeeded),
)
async def delete_me(
    body: DeleteMe,
    response: Response,
    principal: SignedInByOneself,
    runtime: RuntimeOf,
    authenticator: AuthenticatorOf,
) -> None:
    """Erase what is personal, for ever; work stays under "Former member". The body repeats the login.

    The caller leaves their workspaces; those in which nobody else is are deleted. A job takes the login out of
    mentions and of the log. A personal token can't do this.
    """
    await erasing.erase(runtime, principal, body.login)
    authenticator.cookies.sign_out(response)
