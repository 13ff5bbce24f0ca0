"""The door to searches: a query is understood before anything is looked for."""

from typing import Annotated

from fastapi import Depends, Query
from starlette.requests import HTTPConnection

from taskly.platform.runtime import runtime_of
from taskly.search.errors import QueryInvalid
from taskly.search.finding import Question
from taskly.search.reading import read_query
from taskly.search.rules.calendar import Calendar
from taskly.search.rules.mistakes import QueryMistakes
from taskly.search.schemas import QueryText
from taskly.users.access import SignedIn


async def _asked(
    principal: SignedIn, connection: HTTPConnection, q: Annotated[QueryText, Query()] = ""
) -> Question:
    calendar = Calendar(runtime_of(connection).clock.now())
    try:
        return Question(q, read_query(q, calendar), principal.user_id)
    except QueryMistakes as error:
        raise QueryInvalid.at(("query", "q"), error.mistakes) from None


Asked = Annotated[Question, Depends(_asked)]
"""Without `q`, everything is asked for."""
