"""A board as a few lists: the small pure model that the real one is compared with."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class BoardModel:
    """Columns of card titles from top to bottom; archived cards keep their place among the others."""

    columns: dict[str, list[str]]
    archived: set[str] = field(default_factory=set)

    @property
    def cards(self) -> list[str]:
        """All cards, archived ones included, in a stable order."""
        return sorted(title for cards in self.columns.values() for title in cards)

    def column_of(self, title: str) -> str:
        """Where a card is."""
        return next(name for name, cards in self.columns.items() if title in cards)

    def visible(self, name: str) -> list[str]:
        """The cards of a column that the board shows."""
        return [title for title in self.columns[name] if title not in self.archived]

    def take(self, title: str) -> None:
        """Take a card off its column."""
        self.columns[self.column_of(title)].remove(title)

    def put_at_end(self, title: str, name: str) -> None:
        """Put a card behind all others."""
        self.columns[name].append(title)

    def put_after(self, title: str, neighbour: str) -> None:
        """Put a card directly after another."""
        cards = self.columns[self.column_of(neighbour)]
        cards.insert(cards.index(neighbour) + 1, title)

    def put_before(self, title: str, neighbour: str) -> None:
        """Put a card directly before another."""
        cards = self.columns[self.column_of(neighbour)]
        cards.insert(cards.index(neighbour), title)

    def put_at(self, title: str, name: str, position: int) -> None:
        """Put a card so that `position` visible cards stand above it, directly before the next one."""
        visible = self.visible(name)
        if position < len(visible):
            self.put_before(title, visible[position])
        else:
            self.put_at_end(title, name)
