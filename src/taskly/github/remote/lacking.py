"""What a GitHub App lacks a permission for is passed by where the rest can be read, and noted."""

from collections.abc import Iterator
from contextlib import contextmanager

from taskly.github.errors import PermissionLacking


class Lacking:
    """The refusals for want of a permission that were passed by."""

    def __init__(self) -> None:
        self._refusals: list[PermissionLacking] = []

    @contextmanager
    def passing_by(self) -> Iterator[None]:
        """Pass by what may not be read."""
        try:
            yield
        except PermissionLacking as error:
            self._refusals.append(error)

    @property
    def problem(self) -> PermissionLacking | None:
        """All that is lacking; None if nothing is."""
        named = {each for refusal in self._refusals for each in refusal.permissions}
        return PermissionLacking(named) if self._refusals else None
