"""What every table has in common."""

import enum
from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Enum, MetaData, Text, func
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from taskly.kit.ids import new_id

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The root of all tables. Constraint names are made by one rule, so that migrations can name them."""

    metadata = MetaData(naming_convention=NAMING)
    __mapper_args__ = {"eager_defaults": True}
    type_annotation_map = {
        UUID: PG_UUID(as_uuid=True),
        datetime: DateTime(timezone=True),
        str: Text(),
    }


class Identified:
    """A UUIDv7 primary key made by the application: ordered by time, so that indexes stay dense."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)


class Timestamped:
    """When the row was made and last changed, in UTC."""

    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())


def native_enum(kind: type[enum.Enum], name: str) -> Enum:
    """A PostgreSQL enum type that stores the members' values."""
    return Enum(
        kind, name=name, values_callable=lambda members: [member.value for member in members]
    )
