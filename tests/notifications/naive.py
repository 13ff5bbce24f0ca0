"""Who should have been told what, worked out as naively as one can, person by person."""

from dataclasses import dataclass, field

PEOPLE = ("alice", "bob", "carol")
"""Alice is the admin, and always there."""


@dataclass(slots=True)
class Told:
    """One notification."""

    kind: str
    card: int | None
    read: bool = False


@dataclass(slots=True)
class Comment:
    """A comment that somebody wrote, and whom it names."""

    author: str
    card: int
    named: set[str]
    deleted: bool = False


@dataclass(slots=True)
class NaiveWorld:
    """Three people and their cards."""

    members: set[str] = field(default_factory=lambda: set(PEOPLE))
    on_card: dict[int, set[str]] = field(default_factory=lambda: {0: set(), 1: set()})
    named_on_card: dict[int, set[str]] = field(default_factory=lambda: {0: set(), 1: set()})
    said: dict[tuple[str, int], bool] = field(default_factory=dict)
    """Whether somebody said that they want to hear of a card."""
    comments: list[Comment] = field(default_factory=list)
    unwanted: set[tuple[str, str]] = field(default_factory=set)
    """Of which kinds somebody wants to hear nothing."""
    told: dict[str, list[Told]] = field(default_factory=lambda: {each: [] for each in PEOPLE})

    def seen_by(self, person: str) -> list[tuple[str, int | None, bool]]:
        """What somebody sees, the latest first."""
        if person not in self.members:
            return []
        return [(each.kind, each.card, each.read) for each in reversed(self.told[person])]

    def assign(self, actor: str, card: int, people: set[str]) -> None:
        """Put exactly these on a card."""
        new = people - self.on_card[card]
        self.on_card[card] = people
        self._tell(actor, card, {each: ["assigned"] for each in new})

    def describe(self, actor: str, card: int, named: set[str]) -> None:
        """Write another text that names these."""
        known, self.named_on_card[card] = self.named_on_card[card], named
        self._tell(actor, card, {each: ["mentioned"] for each in named - known})

    def comment(self, actor: str, card: int, named: set[str]) -> None:
        """Say something that names these."""
        reasons = {each: ["mentioned"] for each in named & self.members}
        for person in PEOPLE:
            if self._watches(person, card):
                reasons.setdefault(person, []).append("commented")
        self.comments.append(Comment(actor, card, named & self.members))
        self._tell(actor, card, reasons)

    def edit(self, comment: Comment, named: set[str]) -> None:
        """Put a comment in other words."""
        named = named & self.members
        new, comment.named = named - comment.named, named
        self._tell(comment.author, comment.card, {each: ["mentioned"] for each in new})

    def rejoin(self, person: str) -> None:
        """Take somebody in again."""
        self.members.add(person)
        self._tell("alice", None, {person: ["invited"]})

    def read(self, person: str) -> None:
        """Read everything that is to be seen."""
        for each in self.told[person]:
            each.read = True

    def _watches(self, person: str, card: int) -> bool:
        wrote = any(
            each.author == person and each.card == card and not each.deleted
            for each in self.comments
        )
        return self.said.get((person, card), wrote or person in self.on_card[card])

    def _tell(self, actor: str, card: int | None, reasons: dict[str, list[str]]) -> None:
        for person, kinds in reasons.items():
            wanted = [kind for kind in kinds if (person, kind) not in self.unwanted]
            if wanted and person in self.members and person != actor:
                self.told[person].append(Told(wanted[0], card))
