"""How large a body may be. What is announced as larger is refused before anything is done.

The framework's own limit looks at the announcement when an endpoint answers: one that does not read the
body has done its work by then, and the answer is not one of ours.
"""

import re
from collections.abc import Mapping

from starlette.types import Message, Receive, Scope

from taskly.platform.http.problems import TooLarge

LONGEST_NUMBER = 15
"""Python refuses to read numbers of thousands of digits."""


class BodyLimits:
    """The most bytes that each path takes."""

    def __init__(self, most: int, posted: Mapping[str, int]) -> None:
        """`posted` names paths of which a `POST` takes more or less than `most`; in them a star stands for a part
        between slashes."""
        self._most = most
        self._posted = {
            re.compile(re.escape(path).replace(r"\*", "[^/]+")): limit
            for path, limit in posted.items()
        }

    def refusal(self, scope: Scope) -> TooLarge | None:
        """The answer to a request that announces too much."""
        limit = self._limit(scope)
        for name, value in scope["headers"]:
            if name == b"content-length" and value.isdigit():
                digits = value.lstrip(b"0")
                if len(digits) > LONGEST_NUMBER or int(digits or b"0") > limit:
                    return _too_large(limit)
        return None

    def counting(self, scope: Scope, receive: Receive) -> Receive:
        """`receive` that raises `TooLarge` when more comes than the path takes."""
        limit, taken = self._limit(scope), 0

        async def receive_counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > limit:
                raise _too_large(limit)
            return message

        return receive_counted

    def _limit(self, scope: Scope) -> int:
        if scope["method"] != "POST":
            return self._most
        path = scope["path"].rstrip("/")
        named = (limit for form, limit in self._posted.items() if form.fullmatch(path))
        return next(named, self._most)


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"A body may have {limit} bytes here.")
