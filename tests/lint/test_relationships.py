"""Relationships load when asked and stay in their domain."""

from tests.lint.samples import lines, places, source
from tools.lint import relationships

PATH = "src/taskly/cards/models.py"
BOARDS = source("src/taskly/boards/models.py", "class Board: ...\n")


def test_a_relationship_that_raises_is_fine() -> None:
    code = """\
    from sqlalchemy.orm import Mapped, relationship
    class Card:
        comments: Mapped[list["Comment"]] = relationship(lazy="raise")
    class Comment:
        card: Mapped[Card] = relationship("Card", lazy="raise")
    """
    assert lines(relationships.check, PATH, code) == []


def test_a_relationship_that_loads_by_itself_is_found() -> None:
    code = """\
    from sqlalchemy import orm
    from sqlalchemy.orm import relationship
    class Card:
        comments = relationship("Comment")
        labels = relationship("Label", lazy="selectin")
        checks = orm.relationship("Check", lazy="raise_on_sql")
    """
    assert lines(relationships.check, PATH, code) == [4, 5, 6]


def test_a_relationship_into_another_domain_is_found() -> None:
    cards = source(
        PATH,
        """\
        from sqlalchemy.orm import Mapped, relationship
        from taskly.sprints.models import Sprint
        class Card:
            board: Mapped["Board"] = relationship(lazy="raise")
            sprint: Mapped[Sprint | None] = relationship(lazy="raise")
            origin = relationship("Board", lazy="raise")
        """,
    )
    assert places(relationships.check, BOARDS, cards) == [f"{PATH}:{line}" for line in (4, 5, 6)]
