"""The GitHub App that an administrator made on the page of this installation."""

from sqlalchemy import BigInteger, CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from taskly.platform.tables import Base, Timestamped


class GitHubAppRow(Timestamped, Base):
    """The app with its secrets, which are encrypted: people sign in with it, see
    `github_application`, and repositories are reached through it, see `taskly.github.remote.identity`. There is one at most."""

    __tablename__ = "github_apps"
    __table_args__ = (
        CheckConstraint("is_only_one", name="only_one"),
        CheckConstraint("char_length(slug) BETWEEN 1 AND 255", name="slug_length"),
        CheckConstraint("char_length(name) <= 255", name="name_length"),
    )

    is_only_one: Mapped[bool] = mapped_column(primary_key=True, default=True)
    github_id: Mapped[int] = mapped_column(BigInteger)
    slug: Mapped[str]
    name: Mapped[str]
    client_id: Mapped[str]
    client_secret: Mapped[str]
    webhook_secret: Mapped[str]
    private_key: Mapped[str]


def secret_owner(column: str, app_id: int) -> str:
    """To what an encrypted secret of the app is bound."""
    return f"github_apps|{column}|{app_id}"
