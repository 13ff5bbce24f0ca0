"""Who works here, and where: made at the fake GitHub, always in this order.

GitHub's numbers for people and repositories follow from the order, so that everybody is the same person
again when the fake GitHub has begun anew.
"""

from dataclasses import dataclass

from taskly.demo.content import mobile, payments, platform
from taskly.demo.content.plan import PlannedBoard

WORKSPACE = "Octo Shop"
ORGANIZATION = "octo"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account at GitHub."""

    login: str
    name: str
    capacity: int
    """Story points a sprint."""

    @property
    def email(self) -> str:
        """Their address, at a domain that nobody has."""
        return f"{self.login}@octo.example"


PEOPLE = (
    Person("ann", "Ann Moreau", capacity=15),
    Person("ben", "Ben Okafor", capacity=14),
    Person("chika", "Chika Tanaka", capacity=12),
    Person("dana", "Dana Levi", capacity=12),
    Person("emil", "Emil Sørensen", capacity=14),
)
AUTHOR, REVIEWER = PEOPLE[0], PEOPLE[1]
"""Who plays the main parts of the story. The author administers workspace and repositories."""

BOARDS: tuple[PlannedBoard, ...] = (payments.BOARD, mobile.BOARD, platform.BOARD)
REPOSITORIES = tuple(board.repository for board in BOARDS if board.repository is not None)
