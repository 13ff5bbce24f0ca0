"""What every request to the REST API goes through: who asks, limits, conditions, headers."""

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from taskly.fake_github.rest.call import Answer, Call
from taskly.fake_github.rest.statements import claims_of
from taskly.fake_github.site import Site
from taskly.fake_github.world.accounts import Token
from taskly.fake_github.world.github import GitHub
from taskly.fake_github.world.limits import ANONYMOUS, Budget, Resource
from taskly.fake_github.world.refusals import Refusal, bad_credentials, forbidden

Handler = Callable[[Call], Answer]

LIMITS_PAGE = "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api"


@dataclass(frozen=True)
class Operation:
    """One method of one path. `resource` is the budget it is paid from; None: it is free.

    `reads`: the permission with which an app may read this in a private repository.
    """

    method: str
    path: str
    handler: Handler
    resource: Resource | None = "core"
    reads: str | None = None

    def route(self, site: Site) -> Route:
        """The operation as a route."""

        async def endpoint(request: Request) -> Response:
            content = await request.body()
            response = respond(site.github, self, request, content)
            site.deliverer.dispatch(site.github)
            return response

        return Route(self.path, endpoint, methods=[self.method])


def respond(github: GitHub, operation: Operation, request: Request, content: bytes) -> Response:
    """Answer one request; refusals become GitHub's error bodies."""
    token: Token | None = None
    budget: Budget | None = None
    try:
        _check_user_agent(request)
        token = authenticated(github, request.headers.get("authorization"))
        budget = _budget(github, operation, token, request)
        call = Call(
            github=github,
            method=request.method,
            path=request.scope["path"],
            parameters=request.path_params,
            query=dict(request.query_params),
            headers=request.headers,
            content=content,
            token=token,
            reads=operation.reads,
        )
        answer = operation.handler(call)
        body = b"" if answer.body is None else _written(answer.body)
        status, headers = answer.status, dict(answer.headers)
    except Refusal as refusal:
        status, headers = refusal.status, dict(refusal.headers)
        body = _written(refusal.body())
    if status == 200 and request.method == "GET":
        headers["ETag"] = _etag(body, token)
        if _is_known(request.headers.get("if-none-match"), headers["ETag"]):
            status, body = 304, b""
    if budget is not None and status != 304 and budget.remaining:
        budget.used += 1
    return Response(
        content=body,
        status_code=status,
        headers={**_usual_headers(operation, token, budget, status), **headers},
    )


def authenticated(github: GitHub, authorization: str | None) -> Token | None:
    """The token of an `Authorization` header; None without one.

    Basic credentials and the signed statements of apps are left to the operations that know them.

    Raises:
        Refusal: 401 when it is unknown, revoked or expired, 403 when its installation is suspended.
    """
    value = token_value(authorization)
    if value is None or value.count(".") == 2:
        return None
    token = github.find_token(value)
    if token is None:
        raise bad_credentials()
    installation = github.find_installation(token.installation_id)
    if installation is not None and installation.suspended_at is not None:
        raise forbidden("This installation has been suspended")
    return token


def token_value(authorization: str | None) -> str | None:
    """The token in an `Authorization` header."""
    scheme, _, value = (authorization or "").partition(" ")
    return value.strip() if scheme.lower() in {"bearer", "token"} else None


def _check_user_agent(request: Request) -> None:
    if not request.headers.get("user-agent", "").strip():
        raise forbidden(
            "Request forbidden by administrative rules. "
            "Please make sure your request has a User-Agent header."
        )


def _budget(
    github: GitHub, operation: Operation, token: Token | None, request: Request
) -> Budget | None:
    if operation.resource is None:
        return None
    who = _app_that_signs(request) or ANONYMOUS if token is None else token.limited_as
    budget = github.limits.budget(who, operation.resource, github.now())
    if budget.remaining:
        return budget
    if token is None:
        host = request.client.host if request.client else "127.0.0.1"
        message = f"API rate limit exceeded for {host}."
    elif token.installation_id is not None:
        message = f"API rate limit exceeded for installation ID {token.installation_id}."
    else:
        message = f"API rate limit exceeded for user ID {token.account.id}."
    raise Refusal(
        403,
        message,
        headers=limit_headers(budget, operation.resource),
        documentation=LIMITS_PAGE,
    )


def _app_that_signs(request: Request) -> str | None:
    """Whose limit a signed statement of an app counts against; whether it is true is seen later."""
    value = token_value(request.headers.get("authorization")) or ""
    return f"app {claims_of(value).get('iss')}" if value.count(".") == 2 else None


def limit_headers(budget: Budget, resource: Resource) -> dict[str, str]:
    """What is left of a budget."""
    return {
        "X-RateLimit-Limit": str(budget.limit),
        "X-RateLimit-Remaining": str(budget.remaining),
        "X-RateLimit-Reset": str(int(budget.reset_at.timestamp())),
        "X-RateLimit-Used": str(budget.used),
        "X-RateLimit-Resource": resource,
    }


def _usual_headers(
    operation: Operation, token: Token | None, budget: Budget | None, status: int
) -> Mapping[str, str]:
    headers = {
        "X-GitHub-Media-Type": "github.v3; format=json",
        "X-GitHub-Api-Version-Selected": "2022-11-28",
        "X-GitHub-Request-Id": secrets.token_hex(8).upper(),
        "Cache-Control": "private, max-age=60, s-maxage=60",
        "Vary": "Accept, Authorization, Cookie, X-GitHub-OTP",
    }
    if status not in {204, 304}:
        headers["Content-Type"] = "application/json; charset=utf-8"
    if token is not None and token.scopes is not None:
        headers["X-OAuth-Scopes"] = ", ".join(token.scopes)
        headers["X-Accepted-OAuth-Scopes"] = "repo"
        if token.client_id is not None:
            headers["X-OAuth-Client-Id"] = token.client_id
    if budget is not None and operation.resource is not None:
        headers |= limit_headers(budget, operation.resource)
    return headers


def _written(body: object) -> bytes:
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()


def _etag(body: bytes, token: Token | None) -> str:
    reader = b"" if token is None else token.value.encode()
    return f'W/"{hashlib.sha256(reader + body).hexdigest()}"'


def _is_known(if_none_match: str | None, etag: str) -> bool:
    known = [each.strip() for each in (if_none_match or "").split(",")]
    return "*" in known or any(each.removeprefix("W/") == etag.removeprefix("W/") for each in known)
