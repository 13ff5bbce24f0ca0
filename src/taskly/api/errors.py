"""Every error leaves as RFC 9457 problem details, from here."""

from typing import Any

import asyncpg
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from sqlalchemy.exc import DBAPIError, InterfaceError, NoResultFound, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route

from taskly.kit.json import dumps
from taskly.platform.context import request_id
from taskly.platform.db.states import is_away, is_busy
from taskly.platform.http.problems import (
    MEDIA_TYPE,
    Conflict,
    Invalid,
    Malformed,
    NotFound,
    Problem,
    TooLarge,
    Unavailable,
    UnsupportedMediaType,
    problem_for_constraint,
)
from taskly.platform.http.schema import IN_WORDS
from taskly.users.idempotency import AnsweredBeforeError

log = structlog.get_logger()


class MethodNotAllowed(Problem):
    """The path exists, the method does not."""

    status, code, title = 405, "method_not_allowed", "This path does not take this method"


class Refused(Problem):
    """Any other refusal of the framework; its status stands in for the class's."""

    status, code, title = 400, "refused", "The request was refused"


_BY_STATUS: dict[int, type[Problem]] = {
    400: Malformed,
    404: NotFound,
    405: MethodNotAllowed,
    413: TooLarge,
    415: UnsupportedMediaType,
}

UNEXPECTED = "It was logged. Tell the operator the request id."


def install_error_handlers(app: FastAPI) -> None:
    """Turn every exception of the application into problem details."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(AnsweredBeforeError, _answered_before)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(SQLAlchemyError, _database)
    app.add_exception_handler(OSError, _unreachable)
    app.add_exception_handler(asyncpg.PostgresError, _database)
    app.add_exception_handler(asyncpg.InterfaceError, _unreachable)
    # A dying PostgreSQL says so between two statements; the next one meets that, and not what it asked for.
    app.add_exception_handler(asyncpg.InternalClientError, _unreachable)


def render(problem: Problem, path: str, status: int | None = None) -> Response:
    """The response for a problem."""
    body = problem.body(instance=path, request_id=request_id.get())
    body["status"] = status or problem.status
    response = Response(
        dumps(body), status_code=body["status"], media_type=MEDIA_TYPE, headers=problem.headers
    )
    for cookie in problem.cookies:
        response.headers.append("Set-Cookie", cookie)
    return response


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)  # noqa: S101 - as registered
    if error.status >= 500:
        log.warning("request.problem", code=error.code, detail=error.detail)
    return render(error, request.url.path)


async def _answered_before(request: Request, error: Exception) -> Response:
    """The same answer, which names the same operation."""
    assert isinstance(error, AnsweredBeforeError)  # noqa: S101 - as registered
    request.state.operation_id = error.operation_id
    return error.response


async def _invalid(request: Request, error: Exception) -> Response:
    """Wrong values: where and why, never the value itself, which may be a secret."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - as registered
    if _is_undeclared_body(request, error):
        return render(UnsupportedMediaType(), request.url.path)
    errors = [_explained(entry) for entry in error.errors()]
    first = errors[0]
    place = ".".join(str(part) for part in first["loc"])
    return render(Invalid(f"{place}: {first['msg']}", errors=errors), request.url.path)


async def _http(request: Request, error: Exception) -> Response:
    """What the framework refuses by itself: unknown paths and methods, unreadable bodies."""
    assert isinstance(error, HTTPException)  # noqa: S101 - as registered
    if isinstance(error.__cause__, Problem):
        return render(error.__cause__, request.url.path)
    kind = _BY_STATUS.get(error.status_code, Refused)
    headers = dict(error.headers or {})
    if kind is MethodNotAllowed:
        headers["Allow"] = ", ".join(sorted(_methods_of(request)))
    problem = kind(headers=headers)
    return render(problem, request.url.path, error.status_code)


def _methods_of(request: Request) -> set[str]:
    """All that the path takes. The framework names those of the first of its routes only."""
    found: set[str] = set()
    for route in request.app.routes:
        if isinstance(route, Route) and route.matches(request.scope)[0] is not Match.NONE:
            found |= route.methods or set()
    return found | {"HEAD"} if "GET" in found else found


async def _database(request: Request, error: Exception) -> Response:
    """What PostgreSQL refuses: the last guard behind our own checks, and its absence."""
    return render(_database_problem(error), request.url.path)


async def _unreachable(request: Request, error: Exception) -> Response:
    log.warning("request.unreachable", error=repr(error))
    return render(Unavailable("A server that Taskly needs can't be reached."), request.url.path)


def _database_problem(error: Exception) -> Problem:
    if isinstance(error, PoolTimeout):
        return Unavailable("All connections to the database are in use.")
    if isinstance(error, NoResultFound):
        return NotFound()
    if isinstance(error, DBAPIError):
        is_cut = error.connection_invalidated or isinstance(error, InterfaceError)
        return _server_problem(error, error.orig, is_cut=is_cut)
    if isinstance(error, asyncpg.PostgresError):
        return _server_problem(error, error, is_cut=False)
    log.error("request.failed", exc_info=error)
    return Problem(UNEXPECTED)


def _server_problem(error: Exception, said: BaseException | None, *, is_cut: bool) -> Problem:
    """What PostgreSQL said, through SQLAlchemy or to the driver itself."""
    state = str(getattr(said, "sqlstate", None) or "")
    constraint = getattr(said, "constraint_name", None) or getattr(
        said.__cause__ if said else None, "constraint_name", None
    )
    if constraint:
        known = problem_for_constraint(constraint)
        if known is not None:
            return known
    if is_busy(state):
        return Unavailable("Somebody else is changing the same thing, or too many are at work.")
    if is_cut or is_away(state):
        return Unavailable("The database can't be reached.")
    if state[:2] == "22":
        return Invalid("A value can't be stored.")
    log.error(
        "request.database_error",
        sqlstate=state,
        constraint=constraint,
        exc_info=error,
    )
    if state[:2] == "23":
        return Conflict("It contradicts something that is stored already.")
    return Problem(UNEXPECTED)


def _is_undeclared_body(request: Request, error: RequestValidationError) -> bool:
    """Whether there is a body that was not read because it is not declared as JSON."""
    declared = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    is_json = declared == "application/json" or declared.endswith("+json")
    return isinstance(error.body, bytes) and bool(error.body) and not is_json


def _explained(entry: dict[str, Any]) -> dict[str, Any]:
    kind, message = entry["type"], str(entry["msg"]).removeprefix("Value error, ")
    context = entry.get("ctx", {})
    if kind == "string_pattern_mismatch":
        message = IN_WORDS.get(context["pattern"], "it is not written as it has to be")
    elif kind in _OF_TEXTS and isinstance(entry["input"], str):
        # A text that our own validators have seen is counted as if it were a list.
        bound, most = ("most", "max_length") if kind == "too_long" else ("least", "min_length")
        number = context[most]
        kind = _OF_TEXTS[kind]
        message = f"String should have at {bound} {number} character{'' if number == 1 else 's'}"
    return {"loc": list(entry["loc"]), "msg": message, "type": kind}


_OF_TEXTS = {"too_long": "string_too_long", "too_short": "string_too_short"}
