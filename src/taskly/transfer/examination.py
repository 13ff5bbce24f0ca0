"""Checking a file, line by line and the lines against each other, before anything is made of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import Any

from pydantic import ValidationError

from taskly.cards.models import BEHIND_ALL
from taskly.kit.json import JsonLimits, MalformedJson, loads_strict
from taskly.kit.zones import check_zone
from taskly.transfer.changes import mistakes_of
from taskly.transfer.errors import MOST_MISTAKES, FileRefused, Mistake
from taskly.transfer.identities import ids_in
from taskly.transfer.limits import Key, keys
from taskly.transfer.tables import TABLES, Exported, exported, references
from taskly.transfer.validation import completed, row_model

MOST_EXAMPLES = 3
LIMITS = JsonLimits(depth=32, items=10_000, keys=1000)
_PLACES = {each.name: place for place, each in enumerate(TABLES)}

Row = dict[str, Any]
Keys = dict[tuple[str, ...], set[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the file."""

    number: int
    table: Exported
    row: Row


def _referred() -> dict[str, Keys]:
    """The columns by which rows of each table are referred to, with what is found in them."""
    keys: dict[str, Keys] = {each.name: {} for each in TABLES}
    for each in TABLES:
        for _, other, theirs in references(each):
            keys[other][tuple(theirs)] = set()
    return keys


@dataclass(slots=True)
class Examination:
    """What is known of a file after its lines were looked at, one after the other."""

    ids: set[str] = field(default_factory=set)
    counts: dict[str, int] = field(default_factory=dict)
    people: dict[str, Row] = field(default_factory=dict)
    members: dict[str, Row] = field(default_factory=dict)
    repositories: list[str] = field(default_factory=list)
    """Some of them by name, as examples."""
    unfinished_branches: int = 0
    """How many were being created."""
    waiting: dict[str, list[str]] = field(default_factory=dict)
    """The blockers of cards."""
    workspace_id: str = ""
    workspace_name: str = ""
    mistakes: list[Mistake] = field(default_factory=list)
    _last: int = 0
    _keys: dict[str, Keys] = field(default_factory=_referred)
    _heads: dict[str, int] = field(default_factory=dict)
    _next_numbers: dict[str, int] = field(default_factory=dict)
    _streams: dict[str, int] = field(default_factory=dict)
    _said: dict[str, tuple[int, int]] = field(default_factory=dict)
    """The lines of cards, and how many comments they say that they have."""
    _comments: dict[str, int] = field(default_factory=dict)
    _told: dict[str, int] = field(default_factory=dict)
    """Cards that events name and that are in the file no more, with the first line that names each."""
    _cards_told: set[str] = field(default_factory=set)
    """Cards that appear in the log."""
    _taken: dict[tuple[str, Key], set[tuple[str, ...]]] = field(default_factory=dict)
    _has_ended: bool = False

    def look_at(self, lines: Iterable[tuple[int, bytes]]) -> None:
        """Check some lines, the next ones.

        Raises:
            FileRefused: so much is wrong that more would help nobody.
        """
        for number, raw in lines:
            if raw.strip():
                self._look_at(number, raw)

    def conclude(self) -> None:
        """Check what only the whole file shows.

        Raises:
            FileRefused: with everything that was found.
        """
        if not self._has_ended and not self.mistakes:
            # What is missing besides is no mistake of its own.
            raise FileRefused([Mistake(0, "file", "The end is missing: the file was cut off.")])
        if self.counts.get("workspaces") != 1:
            self._note(0, "workspaces", "There has to be exactly one.")
        self._compare_counts()
        for stream, version in self._heads.items():
            if self._streams.get(stream, 0) != version:
                self._note(
                    0, "events", "A board's or the workspace's events do not reach its version."
                )
        try:
            TopologicalSorter(self.waiting).prepare()
        except CycleError:
            self._note(0, "card_dependencies", "Cards wait for each other in a circle.")
        if self.mistakes:
            raise FileRefused(self.mistakes)

    def _compare_counts(self) -> None:
        """Check what rows say of later ones."""
        for card, (number, said) in self._said.items():
            if self._comments.get(card, 0) != said:
                self._note(number, "cards.comment_count", "There are more or fewer comments.")
        for card, number in self._told.items():
            if card not in self._cards_told:
                self._note(number, "events.card_id", "There is and was no such card.")

    def _look_at(self, number: int, raw: bytes) -> None:
        try:
            content = loads_strict(raw, LIMITS)
        except MalformedJson as error:
            self._note(number, "line", f"Not acceptable JSON: {error}.")
            return
        if self._has_ended:
            self._note(number, "line", "Nothing may come after the end.")
            return
        if isinstance(content, dict) and content.get("end") is True:
            self._end(number, content)
            return
        line = self._line(number, content)
        if line is not None:
            self._take(line)

    def _line(self, number: int, content: Any) -> Line | None:
        if not isinstance(content, dict) or set(content) != {"table", "row"}:
            self._note(number, "line", 'A line is an object with "table" and "row".')
            return None
        table = exported(str(content["table"]))
        if table is None:
            self._note(number, "table", "There is no such table in files of this version.")
            return None
        if _PLACES[table.name] < self._last:
            self._note(number, table.name, "This table stands earlier in a file.")
        self._last = _PLACES[table.name]
        try:
            row_model(table).model_validate(content["row"])
        except ValidationError as error:
            self._know(table.name, content["row"])  # What refers to it is not wrong for that.
            for wrong in error.errors(
                include_input=False, include_url=False, include_context=False
            ):
                place = ".".join(map(str, (table.name, *wrong["loc"])))
                self._note(number, place, wrong["msg"])
            return None
        return Line(number, table, completed(table, content["row"]))

    def _take(self, line: Line) -> None:
        name, row = line.table.name, line.row
        self.counts[name] = self.counts.get(name, 0) + 1
        self.ids.update(ids_in(row))
        for columns, other, theirs in references(line.table):
            value = tuple(str(row.get(column)) for column in columns)
            if "None" not in value and value not in self._keys[other][tuple(theirs)]:
                place, what = f"{name}.{columns[-1]}", f"There is no such row in {other}."
                self._note(line.number, place, what)
        for key in keys(line.table):
            shared = key.of(row)
            taken = self._taken.setdefault((name, key), set())
            if shared in taken:
                place = f"{name}.{key.columns[-1]}"
                self._note(line.number, place, "Another row has this already.")
            elif shared is not None:
                taken.add(shared)
        self._know(name, row)
        check = getattr(self, f"_take_{name}", None)
        if check is not None:
            check(line.number, row)

    def _know(self, name: str, row: Any) -> None:
        """Take note of what others may refer to."""
        for columns, known in self._keys[name].items():
            if isinstance(row, dict):
                known.add(tuple(str(row.get(column)) for column in columns))

    def _take_workspaces(self, number: int, row: Row) -> None:
        try:
            check_zone(row["time_zone"])
        except ValueError:
            self._note(number, "workspaces.time_zone", "There is no such time zone here.")
        self.workspace_id, self.workspace_name = row["id"], row["name"]
        self._heads[row["id"]] = row["version"]

    def _take_users(self, _number: int, row: Row) -> None:
        self.people[row["id"]] = row

    def _take_workspace_members(self, _number: int, row: Row) -> None:
        self.members[row["user_id"]] = row

    def _take_boards(self, number: int, row: Row) -> None:
        self._heads[row["id"]] = row["version"]
        self._next_numbers[row["id"]] = row["next_card_number"]

        if row["next_card_number"] - 1 > row["version"]:
            place, what = "boards.next_card_number", "More numbers were given out than things done."
            self._note(number, place, what)

    def _take_former_board_keys(self, number: int, row: Row) -> None:
        most = self._next_numbers.get(str(row["board_id"]))
        if most is not None and row["next_card_number"] > most:
            place = "former_board_keys.next_card_number"
            self._note(number, place, "The board has not given out so many numbers.")

    def _take_cards(self, number: int, row: Row) -> None:
        board_id = row["board_id"]
        self._said[row["id"]] = (number, row["comment_count"])
        if not 1 <= row["number"] < self._next_numbers.get(board_id, 0):
            self._note(number, "cards.number", "The board has not given out this number.")
        if not 1 <= row["version"] <= self._heads.get(board_id, 0):
            self._note(number, "cards.version", "The board has no such version.")
        if row["rank"].startswith(BEHIND_ALL) is not bool(row["deleted_at"]):
            self._note(
                number, "cards.rank", "This place is that of a deleted card, and of no other."
            )

        if row["deleted_at"] and not row["archived_at"]:
            self._note(number, "cards.archived_at", "What is deleted is in the archive.")

    def _take_sprints(self, number: int, row: Row) -> None:
        if row["ends_on"] <= row["starts_on"]:
            self._note(number, "sprints.ends_on", "A sprint ends after it has begun.")
        if row["completed_at"] and not row["started_at"]:
            self._note(
                number, "sprints.completed_at", "A sprint is started before it is completed."
            )

    def _take_card_dependencies(self, number: int, row: Row) -> None:
        if row["blocked_id"] == row["blocker_id"]:
            self._note(number, "card_dependencies.blocker_id", "A card does not wait for itself.")
        self.waiting.setdefault(row["blocked_id"], []).append(row["blocker_id"])

    def _take_card_comments(self, _number: int, row: Row) -> None:
        if row["deleted_at"] is None:
            card = row["card_id"]
            self._comments[card] = self._comments.get(card, 0) + 1

    def _take_git_repositories(self, _number: int, row: Row) -> None:
        if len(self.repositories) < MOST_EXAMPLES:
            self.repositories.append(f"{row['owner']}/{row['name']}")

    def _take_card_branches(self, _number: int, row: Row) -> None:
        self.unfinished_branches += row["state"] == "creating"

    def _take_events(self, number: int, row: Row) -> None:
        stream, version = row["stream_id"], row["version"]
        if version != self._streams.get(stream, 0) + 1:
            self._note(number, "events.version", "The versions of a stream have a gap here.")
        self._streams[stream] = version
        if (stream == self.workspace_id) is not (row["stream_kind"] == "workspace"):
            self._note(number, "events.stream_kind", "This is not what the stream is.")
        for place, what in mistakes_of(row["type"], row["data"]):
            self._note(number, f"events.{place}", what)
        self._take_ends_of_boards(number, row)
        if row["actor_id"] is not None and row["actor_id"] not in self.people:
            self._note(number, "events.actor_id", "There is no such row in users.")
        card, data = row["card_id"], row["data"]
        if data["entity"] == "card" and data["before"] is None:
            self._cards_told.add(data["id"])
        if card is not None and card not in self._said:
            self._told.setdefault(card, number)

    def _take_ends_of_boards(self, number: int, row: Row) -> None:
        """A board's own log begins with the board, and does not end as long as the board is there."""
        stream, about = row["stream_id"], row["data"]["id"]
        if row["stream_kind"] != "board":
            return
        if row["version"] == 1 and (row["type"], about) != ("board.created", stream):
            self._note(number, "events.type", "The log of a board begins with the board.")
        if row["type"] == "board.deleted" and stream in self._heads:
            self._note(number, "events.type", "The board is there.")

    def _end(self, number: int, content: Row) -> None:
        self._has_ended = True
        if content.get("rows") != sum(self.counts.values()) and not self.mistakes:
            self._note(number, "end", "There are fewer or more rows than the end says.")

    def _note(self, number: int, place: str, what: str) -> None:
        self.mistakes.append(Mistake(number, place, what))
        if len(self.mistakes) >= MOST_MISTAKES:
            raise FileRefused(self.mistakes)
