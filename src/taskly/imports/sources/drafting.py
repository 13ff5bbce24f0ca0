"""Making a plan, card by card: what does not fit is put where it fits, and noted; nothing is lost in silence."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any, TypeVar

from taskly.boards.rules import MOST_COLUMNS, MOST_LABELS, Category
from taskly.cards.models import Priority
from taskly.imports.sources.plan import (
    MOST_CARDS,
    MOST_COMMENTS,
    MOST_EXAMPLES,
    Comment,
    FileUnreadable,
    Link,
    Note,
    Plan,
    PlannedCard,
    PlannedColumn,
    PlannedLabel,
    PlannedSprint,
    Step,
    too_many_cards,
)
from taskly.kit.links import check_link
from taskly.kit.text import is_blank, mended_text

Thing = TypeVar("Thing")

TITLE, TEXT, COMMENT, NAME, STEP, URL, PERSON = 255, 50_000, 20_000, 50, 500, 2000, 100
SPRINT = 100
LONGEST_EXAMPLE, MOST_PEOPLE = 100, 500
MOST_STEPS, MOST_LINKS, MOST_CARD_LABELS, MOST_CARD_PEOPLE = 100, 50, 50, 10
MOST_CARD_COMMENTS = 1000
COLORS = ("#d73a4a", "#0e8a16", "#1d76db", "#fbca04", "#5319e7", "#d93f0b", "#006b75", "#6e7781")

_DONE = re.compile(r"\b(done|closed|resolved|complete[d]?|finished|shipped|released|archive[d]?)\b")
_NOT = re.compile(r"\b(not|never)\b")
_TODO = re.compile(r"\b(to ?do|backlog|open|new|ideas?|inbox|selected|ready|next|later|icebox)\b")


def tidy(text: str) -> str:
    """Text as it may be stored."""
    return mended_text(text).strip()


def one_line(text: str) -> str:
    """The same in one line."""
    return " ".join(tidy(text).split())


def category_of(name: str) -> Category:
    """What a column of this name most likely means.

    >>> [category_of(name).value for name in ("Backlog", "QA", "Done", "Not done")]
    ['todo', 'in_progress', 'done', 'todo']
    """
    small = name.lower()
    if _NOT.search(small):
        return Category.TODO
    if _DONE.search(small):
        return Category.DONE
    return Category.TODO if _TODO.search(small) else Category.IN_PROGRESS


def short_name(text: str, most: int = 100) -> str:
    """A name as long as one may be; none if nothing of it can be seen."""
    short = one_line(text)[:most].strip()
    return "" if is_blank(short) else short


class Draft:
    """A plan in the making."""

    def __init__(self, board_name: str = "") -> None:
        self._columns: dict[str, PlannedColumn] = {}
        self._labels: dict[str, PlannedLabel] = {}
        self._sprints: dict[str, PlannedSprint] = {}
        self._people: dict[str, str] = {}
        self._cards: list[PlannedCard] = []
        self._comments = 0
        self._notes: dict[tuple[str, str], Note] = {}
        self._name = self._short("board", board_name, 100)

    def note(self, kind: str, about: str, example: str) -> None:
        """Note that something does not come over as it was. A few examples are kept."""
        about = _beginning(about)
        note = self._notes.setdefault(
            (kind, about), Note(kind=kind, about=about, count=0, examples=[])
        )
        note.count += 1
        if len(note.examples) < MOST_EXAMPLES and (shown := _beginning(example)):
            note.examples = list(dict.fromkeys([*note.examples, shown]))

    def _short(self, about: str, text: str, most: int) -> str:
        if len(one_line(text)) > most:
            self.note("shortened", about, text)
        return short_name(text, most)

    def column(self, name: str, category: Category | None = None) -> str:
        """The column of this name, made if it is new."""
        wanted = self._short("column", name, NAME) or "To Do"
        key = wanted.lower()
        if key not in self._columns:
            if len(self._columns) >= MOST_COLUMNS:
                self.note("too_many", "columns", wanted)
                return list(self._columns.values())[-1].name
            self._columns[key] = PlannedColumn(
                name=wanted, category=category or category_of(wanted)
            )
        return self._columns[key].name

    def label(self, name: str, color: str | None = None) -> str | None:
        """The label of this name, made if it is new; None if the board can't hold it."""
        wanted = self._short("label", name, NAME)
        # Letter by letter, as PostgreSQL does it, which keeps the names of labels apart.
        key = "".join(letter.lower()[0] for letter in wanted)
        if not wanted:
            return None
        if key not in self._labels:
            if len(self._labels) >= MOST_LABELS:
                self.note("too_many", "labels", wanted)
                return None
            chosen = color or COLORS[len(self._labels) % len(COLORS)]
            self._labels[key] = PlannedLabel(name=wanted, color=chosen)
        return self._labels[key].name

    def sprint(self, name: str, starts_on: date, ends_on: date) -> str | None:
        """The sprint of this name, made if it is new; None if the name is none."""
        wanted = self._short("sprint", name, SPRINT)
        if not wanted:
            return None
        made = PlannedSprint(name=wanted, starts_on=starts_on, ends_on=ends_on)
        return self._sprints.setdefault(wanted.lower(), made).name

    def person(self, name: str) -> str | None:
        """Somebody of the file; None if there are too many, or the name is none."""
        wanted = self._short("person", name, PERSON)
        key = wanted.lower()
        if not wanted:
            return None
        if key not in self._people and len(self._people) >= MOST_PEOPLE:
            self.note("too_many", "people", wanted)
            return None
        return self._people.setdefault(key, wanted)

    def step(self, text: str, *, done: bool = False) -> Step:
        """An item of a checklist, as long as one may be."""
        return Step(text=self._short("step", text, STEP) or "-", done=done)

    def card(
        self,
        title: str,
        *,
        column: str,
        description: str = "",
        labels: Iterable[str] = (),
        people: Iterable[str] = (),
        steps: Iterable[Step] = (),
        links: Iterable[tuple[str, str]] = (),
        comments: Iterable[str] = (),
        **fields: Any,
    ) -> None:
        """Add a card. Links are addresses with their titles.

        Raises:
            FileUnreadable: there are more cards or comments than a board takes at once.
        """
        if len(self._cards) >= MOST_CARDS:
            raise too_many_cards()
        whole = one_line(title)
        if not short_name(whole, TITLE):
            self.note("untitled", "title", description or column)
        kept_steps, more_steps = _fitting(steps, MOST_STEPS)
        kept_links, more_links = _fitting(self._links(links), MOST_LINKS)
        text = self._text(whole, description, more_steps, more_links)
        said = self._said(text[TEXT:], comments)
        named = dict.fromkeys(each for name in labels if (each := self.label(name)))
        asked = dict.fromkeys(each for name in people if (each := self.person(name)))
        self._cards.append(
            PlannedCard(
                title=short_name(whole, TITLE) or "Untitled",
                description=text[:TEXT],
                column=self.column(column),
                labels=self._at_most(MOST_CARD_LABELS, "labels", named),
                people=self._at_most(MOST_CARD_PEOPLE, "people", asked),
                steps=kept_steps,
                links=kept_links,
                comments=said,
                **fields,
            )
        )

    def _links(self, links: Iterable[tuple[str, str]]) -> Iterable[Link]:
        for url, title in links:
            address = _address(url)
            if address is not None:
                short = self._short("link", title, TITLE)
                yield Link(url=address, title=short or address[:TITLE])
            elif url:
                self.note("not_understood", "links", url)

    def _at_most(self, most: int, about: str, names: Iterable[str]) -> list[str]:
        kept, more = _fitting(names, most)
        for name in more:
            self.note("too_many", about, name)
        return kept

    def _text(
        self, title: str, description: str, steps: Iterable[Step], links: Iterable[Link]
    ) -> str:
        """The description, with what fits nowhere else."""
        texts = [tidy(description)]
        if len(title) > TITLE:
            self.note("shortened", "title", title)
            texts.insert(0, title)
        texts += [f"- [{'x' if step.done else ' '}] {step.text}" for step in steps]
        texts += [f"- [{link.title}]({link.url})" for link in links]
        text = "\n\n".join(filter(None, texts))
        if len(text) > TEXT:
            self.note("continued", "description", title)
        return text

    def _said(self, rest: str, comments: Iterable[str]) -> list[Comment]:
        """The comments of a card, before which stands what its description has no room for."""
        bodies = (tidy(body) for body in comments)
        every = [*pieces(rest), *(each for body in bodies for each in pieces(body))]
        kept = self._at_most(MOST_CARD_COMMENTS, "comments", every)
        self._comments += len(kept)
        if self._comments > MOST_COMMENTS:
            raise FileUnreadable(
                f"The file has more than {MOST_COMMENTS} comments: take it in parts, or fewer of them."
            )
        return [Comment(body=each) for each in kept]

    def plan(self) -> Plan:
        """The plan.

        Raises:
            FileUnreadable: there is no card in it.
        """
        if not self._cards:
            raise FileUnreadable("The file has no cards.")
        return Plan(
            name=self._name,
            columns=list(self._columns.values()),
            labels=list(self._labels.values()),
            sprints=list(self._sprints.values()),
            people=list(self._people.values()),
            cards=self._cards,
            notes=list(self._notes.values()),
        )


def _beginning(text: str) -> str:
    return one_line(text[: 2 * LONGEST_EXAMPLE])[:LONGEST_EXAMPLE].strip()


def _address(url: str) -> str | None:
    """Where an attachment is; None if it is no address that may be opened."""
    address = one_line(url)
    if not re.match(r"(?i)https?://[^\s/]", address) or len(address) > URL:
        return None
    try:
        check_link(address)
    except ValueError:
        return None
    return address


def points(text: str) -> int | None:
    """Story points; None for what is no whole number of 0 to 99."""
    try:
        number = float(text)
    except ValueError:
        return None
    return int(number) if number.is_integer() and 0 <= number <= 99 else None


_PRIORITIES = {
    "urgent": Priority.URGENT,
    "highest": Priority.URGENT,
    "blocker": Priority.URGENT,
    "critical": Priority.URGENT,
    "high": Priority.HIGH,
    "major": Priority.HIGH,
    "medium": Priority.MEDIUM,
    "normal": Priority.MEDIUM,
    "low": Priority.LOW,
    "minor": Priority.LOW,
    "lowest": Priority.LOW,
    "trivial": Priority.LOW,
    "none": Priority.NONE,
    "": Priority.NONE,
}


def priority(text: str) -> Priority | None:
    """The priority that a word means; None for a word that is not known."""
    return _PRIORITIES.get(one_line(text).lower())


_MONTHS = {name: number for number, name in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], start=1)}  # fmt: skip
_ISO = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ].*)?")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?: .*)?")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?: .*)?")
_NAMED = re.compile(r"(\d{1,2})[/ -]([A-Za-z]{3})[a-z]*[/ -](\d{4}|\d{2})(?: .*)?")


def day(text: str) -> date | None:
    """A day, as `2026-12-01`, `01.12.2026`, `01/Dec/26` or `31/12/2026`; None for what could be two days or is none."""
    words = one_line(text)
    try:
        if found := _ISO.fullmatch(words):
            made = date(int(found[1]), int(found[2]), int(found[3]))
        elif found := _DOTTED.fullmatch(words):
            made = date(int(found[3]), int(found[2]), int(found[1]))
        elif found := _SLASHED.fullmatch(words):
            made = _only_day(int(found[1]), int(found[2]), int(found[3]))
        elif found := _NAMED.fullmatch(words):
            year = int(found[3]) + (2000 if len(found[3]) == 2 else 0)
            made = date(year, _MONTHS[found[2].lower()], int(found[1]))
        else:
            return None
    except (ValueError, KeyError):
        return None
    return made if 1900 <= made.year <= 2999 else None


def _only_day(first: int, second: int, year: int) -> date:
    """The day of two numbers of which one may be the month, or either if they are the same.

    Raises:
        ValueError: it could be two days, or is none.
    """
    month, day_of_month = sorted((first, second))
    if month < day_of_month <= 12:
        raise ValueError("it could be two days")
    return date(year, month, day_of_month)


def _fitting(things: Iterable[Thing], most: int) -> tuple[list[Thing], list[Thing]]:
    every = list(things)
    return every[:most], every[most:]


def pieces(text: str) -> list[str]:
    """A long text as comments hold it."""
    return [text[start : start + COMMENT] for start in range(0, len(text), COMMENT)]
