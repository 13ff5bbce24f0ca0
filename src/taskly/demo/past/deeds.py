"""What somebody did on a board, and when."""

from dataclasses import dataclass

from taskly.demo.content.plan import PlannedCard


@dataclass(frozen=True, slots=True)
class Make:
    """Make a card, in the first column."""

    card: PlannedCard


@dataclass(frozen=True, slots=True)
class Move:
    """Move a card to the end of a column."""

    title: str
    column: str


@dataclass(frozen=True, slots=True)
class Estimate:
    """Give a card other points."""

    title: str
    points: int


@dataclass(frozen=True, slots=True)
class Wait:
    """Let a card wait for another one."""

    title: str
    other: str


@dataclass(frozen=True, slots=True)
class Archive:
    """Put cards into the archive."""

    titles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlanAhead:
    """Make the next sprints of the series, until so many are planned."""

    sprints: int


@dataclass(frozen=True, slots=True)
class KeepAhead:
    """From now on, let so many sprints of the series always be planned."""

    sprints: int


@dataclass(frozen=True, slots=True)
class SetGoal:
    """Say what a sprint is for. Sprints are counted from the first one of the board."""

    sprint: int
    goal: str


@dataclass(frozen=True, slots=True)
class TakeDaysOff:
    """Say that somebody is away on so many days of a sprint."""

    sprint: int
    login: str
    days: int


@dataclass(frozen=True, slots=True)
class ChangeScope:
    """Put cards into a sprint, and take others out."""

    sprint: int
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Start:
    """Start a sprint."""

    sprint: int


@dataclass(frozen=True, slots=True)
class Complete:
    """Complete a sprint; what is not done is carried over to the next."""

    sprint: int


Act = (
    Make
    | Move
    | Estimate
    | Wait
    | Archive
    | PlanAhead
    | KeepAhead
    | SetGoal
    | TakeDaysOff
    | ChangeScope
    | Start
    | Complete
)


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that somebody did."""

    at: float
    """In working days since the board's first sprint began; see `WorkTime`."""
    by: str
    """Their login."""
    act: Act
