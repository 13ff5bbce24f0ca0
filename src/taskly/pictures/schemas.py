"""What the API takes and shows of links to pictures."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from taskly.pictures.models import NAME_LENGTH, PictureLink
from taskly.platform.http.routing import API_PREFIX
from taskly.platform.http.schema import Line, Request, Response

Name = Annotated[
    Line,
    Field(
        max_length=NAME_LENGTH, examples=["README of octo/payments"], description="What it is for."
    ),
]


class CreatePictureLink(Request):
    """A link to be made."""

    name: Name


class PictureLinkResponse(Response):
    """A link that shows the pictures of a board to whoever has its address."""

    id: UUID
    board_id: UUID
    name: str = Field(examples=["README of octo/payments"])
    created_at: datetime


class PictureLinkWithAddress(PictureLinkResponse):
    """A new link, with the address that is shown this once."""

    address: str = Field(
        examples=["https://taskly.example.org/api/v1/pictures/R1f8…"],
        description="Append the name of a picture: `/burndown.svg`, `/badge.svg` and so on.",
    )
    markdown: str = Field(
        examples=["![Sprint](https://taskly.example.org/api/v1/pictures/R1f8…/badge.svg)"],
        description="A badge and a burndown, to be pasted into a README.",
    )

    @classmethod
    def of(cls, link: PictureLink, token: str, public_url: str) -> Self:
        """The answer for a link that was made now."""
        address = f"{public_url}{API_PREFIX}/pictures/{token}"
        return cls(
            id=link.id,
            board_id=link.board_id,
            name=link.name,
            created_at=link.created_at,
            address=address,
            markdown=_markdown(address),
        )


def _markdown(address: str) -> str:
    return (
        f"![Sprint]({address}/badge.svg)\n\n"
        "<picture>\n"
        f'  <source media="(prefers-color-scheme: dark)" srcset="{address}/burndown.svg?theme=dark">\n'
        f'  <img alt="Burndown of the sprint" src="{address}/burndown.svg">\n'
        "</picture>\n"
    )
