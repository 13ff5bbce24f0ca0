"""The JSON of a board that Trello writes."""

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from taskly.imports.sources import drafting
from taskly.imports.sources.drafting import Draft
from taskly.imports.sources.plan import FileUnreadable, Plan, Step
from taskly.kit.json import JsonLimits, MalformedJson, loads_strict

COLORS = {
    "green": "#61bd4f",
    "yellow": "#f2d600",
    "orange": "#ff9f1a",
    "red": "#eb5a46",
    "purple": "#c377e0",
    "blue": "#0079bf",
    "sky": "#00c2e0",
    "lime": "#51e898",
    "pink": "#ff78cb",
    "black": "#344563",
}


LIMITS = JsonLimits(items=100_000, keys=2000)
MOST_OBJECTS = 500_000
"""More take gigabytes; files of Trello of the largest size have a fifth of that."""

Thing = TypeVar("Thing")
_Many = Annotated[list[Thing], Field(fail_fast=True)]


class _Part(BaseModel):
    """A thing of the file, under Trello's own names. What else it has is passed over."""

    model_config = ConfigDict(alias_generator=to_camel)


class _List(_Part):
    id: str
    name: str = ""
    closed: bool = False
    pos: float = 0


class _Label(_Part):
    id: str
    name: str | None = ""
    color: str | None = None


class _Member(_Part):
    id: str
    username: str = ""


class _Item(_Part):
    name: str = ""
    state: str = "incomplete"
    pos: float = 0
    due: str | None = None
    id_member: str | None = None


class _Checklist(_Part):
    id: str
    name: str = ""
    pos: float = 0
    check_items: _Many[_Item] = []


class _Attachment(_Part):
    url: str | None = ""
    name: str | None = ""


class _Badges(_Part):
    comments: int = 0


class _Card(_Part):
    id: str
    name: str = ""
    desc: str | None = ""
    closed: bool = False
    short_url: str | None = ""
    id_list: str
    pos: float = 0
    due: str | None = None
    due_complete: bool = False
    start: str | None = None
    id_labels: _Many[str] = []
    id_members: _Many[str] = []
    id_checklists: _Many[str] = []
    attachments: _Many[_Attachment] = []
    badges: _Badges = Field(default_factory=_Badges)
    custom_field_items: _Many[Any] = []


class _Data(_Part):
    card: dict[str, Any] = {}
    text: str = ""


class _Action(_Part):
    type: str = ""
    date: str = ""
    data: _Data = Field(default_factory=_Data)
    member_creator: _Member | None = None


class _Board(_Part):
    name: str = ""
    desc: str | None = ""
    lists: _Many[_List]
    cards: _Many[_Card]
    labels: _Many[_Label] = []
    members: _Many[_Member] = []
    checklists: _Many[_Checklist] = []
    actions: _Many[_Action] = []


def read_trello(content: bytes) -> Plan:
    """The plan of a board.

    Raises:
        FileUnreadable: it is no JSON, or not that of a board.
    """
    try:
        if content.count(b"{") > MOST_OBJECTS:
            raise FileUnreadable(f"The file has more than {MOST_OBJECTS} parts: close what is old.")
        board = _Board.model_validate(loads_strict(content, LIMITS))
    except MalformedJson as error:
        raise FileUnreadable(f"The file is not JSON: {error}.") from None
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise FileUnreadable(f"This is no board of Trello: {place}: {first['msg']}.") from None
    return _Reading(board).plan()


class _Reading:
    def __init__(self, board: _Board) -> None:
        self._board = board
        self._draft = Draft(board.name)
        self._columns: dict[str, str] = {}
        self._seen: set[tuple[str, str]] = set()
        self._lists = {each.id: each for each in board.lists}
        self._checklists = {each.id: each for each in board.checklists}
        self._people = {each.id: each.username or each.id for each in board.members}
        self._comments: dict[str, list[str]] = {}
        cards = {card.id for card in board.cards}
        for action in sorted(board.actions, key=lambda action: action.date):
            if action.type == "commentCard":
                card_id = str(action.data.card.get("id"))
                self._comments.setdefault(card_id, []).append(_said(action))
                if card_id not in cards:
                    self._draft.note("not_in_file", "cards", action.data.text)

    def plan(self) -> Plan:
        if self._board.desc:
            self._draft.note("not_mapped", "board description", self._board.desc)
        used = {card.id_list for card in self._board.cards}
        lists = sorted(self._board.lists, key=lambda each: (each.closed, each.pos))
        for each in lists:
            if not each.closed or each.id in used:
                self._columns[each.id] = self._once(
                    "lists", self._draft.column(each.name), each.name
                )
        labels = {each.id: self._label(each) for each in self._board.labels}
        order = {each.id: place for place, each in enumerate(lists)}
        for card in sorted(
            self._board.cards, key=lambda card: (order.get(card.id_list, len(order)), card.pos)
        ):
            self._add(card, labels)
        return self._draft.plan()

    def _label(self, label: _Label) -> str | None:
        base = (label.color or "").partition("_")[0]
        name = self._draft.label(label.name or base or "label", COLORS.get(base))
        return None if name is None else self._once("labels", name, label.name or base)

    def _once(self, about: str, name: str, written: str) -> str:
        """The name, noted if there was one like it."""
        if (about, name) in self._seen:
            self._draft.note("merged", about, written)
        self._seen.add((about, name))
        return name

    def _add(self, card: _Card, labels: dict[str, str | None]) -> None:
        draft, place = self._draft, self._lists.get(card.id_list)
        said = self._comments.get(card.id, ())
        self._note_the_rest(card, len(said))
        due = drafting.day(card.due or "")
        if card.due and due is None:
            draft.note("not_understood", "due_date", card.due)
        draft.card(
            card.name,
            column=self._columns.get(card.id_list, "To Do"),
            description="\n\n".join(filter(None, [card.desc, _origin(card)])),
            labels=[name for each in card.id_labels if (name := labels.get(each))],
            people=[self._people.get(each, each) for each in card.id_members],
            steps=self._steps(card),
            links=[(each.url, each.name or "") for each in card.attachments if each.url],
            comments=said,
            archived=card.closed or (place is not None and place.closed),
            due_date=due,
        )

    def _note_the_rest(self, card: _Card, comments: int) -> None:
        items = [item for checklist in self._checklists_of(card) for item in checklist.check_items]
        there = {
            "custom fields": bool(card.custom_field_items),
            "dueComplete": card.due_complete,
            "start": bool(card.start),
            "checkItems.due": any(item.due for item in items),
            "checkItems.idMember": any(item.id_member for item in items),
        }
        for about in (about for about, is_there in there.items() if is_there):
            self._draft.note("not_mapped", about, card.name)
        missing = {
            # A file of Trello has the last thousand actions only.
            "comments": card.badges.comments > comments,
            "lists": card.id_list not in self._lists,
            "checklists": not self._checklists.keys() >= set(card.id_checklists),
            "attachments": not all(each.url for each in card.attachments),
        }
        for about in (about for about, is_missing in missing.items() if is_missing):
            self._draft.note("not_in_file", about, card.name)

    def _checklists_of(self, card: _Card) -> list[_Checklist]:
        return [self._checklists[each] for each in card.id_checklists if each in self._checklists]

    def _steps(self, card: _Card) -> list[Step]:
        lists = self._checklists_of(card)
        several = len(lists) > 1
        return [
            self._draft.step(
                f"{checklist.name}: {item.name}" if several else item.name,
                done=item.state == "complete",
            )
            for checklist in sorted(lists, key=lambda each: each.pos)
            for item in sorted(checklist.check_items, key=lambda each: each.pos)
        ]


def _origin(card: _Card) -> str:
    return f"_Was {card.short_url} in Trello._" if card.short_url else ""


def _said(action: _Action) -> str:
    author = action.member_creator.username if action.member_creator else ""
    return f"**{author or 'Somebody'}** wrote on {action.date[:10]}:\n\n{action.data.text}"
