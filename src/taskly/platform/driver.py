"""What is asked of the driver itself, past SQLAlchemy: the hottest statements, written by hand."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import make_url, text

_DIALECT = make_url("postgresql+asyncpg://").get_dialect()()


class DriverStatement:
    """A statement with named parameters, such as `:board_id`, as the driver takes it."""

    def __init__(self, sql: str) -> None:
        compiled = text(sql).compile(dialect=_DIALECT)
        self.sql = str(compiled)
        self._names = tuple(compiled.positiontup or ())

    def arguments(self, parameters: Mapping[str, Any]) -> list[Any]:
        """The values of the parameters, in the order of the statement."""
        return [parameters[name] for name in self._names]


class Row(Protocol):
    """A row of an answer."""

    def __getitem__(self, column: str, /) -> Any:
        """The value of a column."""
        ...

    def __iter__(self) -> Iterator[Any]:
        """The values, in the order of the columns."""
        ...


class RowReader(Protocol):
    """Asks PostgreSQL a question."""

    async def fetch_rows(self, sql: str, *arguments: Any) -> Sequence[Row]:
        """The rows. Arguments stand in `sql` as $1, $2, …"""
        ...
