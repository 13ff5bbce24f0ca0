"""The clock that every time stamp comes from."""

from datetime import UTC, datetime, timedelta


class Clock:
    """Real time, until it is frozen or moved.

    `tick` moves a frozen clock by that much before each change, so that changes of one test never
    share a second. GitHub's own time stamps have whole seconds, hence so have these.
    """

    def __init__(self) -> None:
        self._frozen_at: datetime | None = None
        self._offset = timedelta()
        self._tick = timedelta()

    @property
    def is_frozen(self) -> bool:
        """Whether time stands still between changes."""
        return self._frozen_at is not None

    def now(self) -> datetime:
        """The time now, aware, in UTC."""
        return self._frozen_at or datetime.now(UTC) + self._offset

    def freeze(self, at: datetime | None = None, tick: timedelta = timedelta()) -> None:
        """Stop at `at` (now, when not given); each change then moves the clock by `tick`."""
        self._frozen_at = (at or self.now()).astimezone(UTC)
        self._tick = tick

    def advance(self, by: timedelta) -> None:
        """Move the clock, whether frozen or running."""
        if self._frozen_at is None:
            self._offset += by
        else:
            self._frozen_at += by

    def run(self) -> None:
        """Back to real time."""
        self._frozen_at = None
        self._offset = timedelta()
        self._tick = timedelta()

    def time_of_change(self) -> datetime:
        """The time for one change."""
        if self._frozen_at is not None:
            self._frozen_at += self._tick
        return self.now()
