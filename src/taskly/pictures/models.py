"""Table of links that show pictures without signing in."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from taskly.platform.tables import Base, Identified, Timestamped

NAME_LENGTH = 100


class PictureLink(Identified, Timestamped, Base):
    """Whoever has its address sees the pictures of a board. Of the token in it only the SHA-256 is kept."""

    __tablename__ = "picture_links"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "board_id"],
            ["boards.workspace_id", "boards.id"],
            ondelete="CASCADE",
            name="fk_picture_links_board",
        ),
        UniqueConstraint("token_hash"),
        Index("ix_picture_links_workspace_id_board_id", "workspace_id", "board_id"),
        CheckConstraint(f"char_length(name) BETWEEN 1 AND {NAME_LENGTH}", name="name_length"),
        CheckConstraint("octet_length(token_hash) = 32", name="token_hash_is_sha256"),
    )

    workspace_id: Mapped[UUID]
    board_id: Mapped[UUID]
    name: Mapped[str]
    """What it is for, so that it is known which one to revoke."""
    token_hash: Mapped[bytes] = mapped_column(LargeBinary)
