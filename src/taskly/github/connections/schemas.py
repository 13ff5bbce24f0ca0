"""The repositories that could be connected, as the API shows them."""

from pydantic import Field

from taskly.github.models import Via
from taskly.github.rules.permissions import Permission
from taskly.platform.http.pages import Page
from taskly.platform.http.schema import Response


class AvailableRepository(Response):
    """A repository that could be connected."""

    full_name: str = Field(examples=["octo/payments"])
    private: bool
    default_branch: str = Field(examples=["main"])
    permission: Permission = Field(
        examples=["admin"], description="The highest that your GitHub account has there."
    )
    can_connect: bool = Field(
        examples=[True], description="Whether your GitHub account may make its webhook."
    )
    reason: str | None = Field(
        examples=[None], description="Why it can't be connected, and what to do about it."
    )
    connected: bool = Field(description="Whether it is connected to this workspace already.")
    via: Via = Field(
        examples=["app"],
        description="How it would be connected: `app` by the GitHub App, `token` by your own.",
    )


class UnaskedInstallation(Response):
    """An installation of the GitHub App that could not be asked."""

    account: str | None = Field(
        examples=["octo"],
        description="On which account it is, if you have to do with that account; null means the app itself, "
        "others, or your own list.",
    )
    reason: str = Field(
        examples=["GitHub's limit is reached; it is free again in 12 minutes."],
        description="Why, and what to do about it.",
    )


class AvailablePage(Page[AvailableRepository]):
    """One page of repositories that could be connected."""

    unasked: list[UnaskedInstallation] = Field(
        description="Where the app is installed and could not be asked: repositories of these accounts may be missing, "
        "or stand here as reached by your own token."
    )
