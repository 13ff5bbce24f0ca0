"""What people at a browser see when signing in goes wrong: the problem as a page, with a way back."""

from html import escape

import structlog
from fastapi import Request, Response

from taskly.platform.http.html import page
from taskly.platform.http.problems import Problem
from taskly.platform.http.routing import Handler, StrictRoute
from taskly.users.browsers import prefers_html

log = structlog.get_logger()


class PagedRoute(StrictRoute):
    """A route to which people are sent: it shows problems as pages to whoever asks for HTML."""

    def get_route_handler(self) -> Handler:
        """The handler, whose problems are shown."""
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await handler(request)
            except Problem as problem:
                if not prefers_html(request):
                    raise
                return _problem_page(problem)

        return handle


def _problem_page(problem: Problem) -> Response:
    if problem.status >= 500:
        log.warning("request.problem", code=problem.code, detail=problem.detail)
    told = "" if problem.detail is None else f"<p>{escape(problem.detail)}</p>\n"
    shown = page(
        problem.title,
        f'<h1>{escape(problem.title)}</h1>\n{told}<p><a href="/">Back to Taskly</a></p>',
        status=problem.status,
    )
    shown.headers.update(problem.headers)
    for cookie in problem.cookies:
        shown.headers.append("Set-Cookie", cookie)
    return shown
