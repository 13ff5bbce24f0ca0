"""What the API takes of people who go."""

from typing import Annotated

from pydantic import Field

from taskly.platform.http.schema import Request


class DeleteMe(Request):
    """The confirmation that this account is meant."""

    login: Annotated[
        str, Field(max_length=400, description="The caller's login, exactly.", examples=["octocat"])
    ]
