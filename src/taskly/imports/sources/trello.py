"""The JSON of a board that Trello writes."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from taskly.imports.sources import drafting
from taskly.imports.sources.drafting import Draft
from taskly.imports.sources.plan import FileUnreadable, Plan, Step
from taskly.kit.json import MalformedJson, loads_strict

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


class _Checklist(_Part):
    id: str
    name: str = ""
    pos: float = 0
    check_items: list[_Item] = []


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
    id_list: str
    pos: float = 0
    due: str | None = None
    id_labels: list[str] = []
    id_members: list[str] = []
    id_checklists: list[str] = []
    attachments: list[_Attachment] = []
    badges: _Badges = Field(default_factory=_Badges)
    custom_field_items: list[Any] = []


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
    lists: list[_List]
    cards: list[_Card]
    labels: list[_Label] = []
    members: list[_Member] = []
    checklists: list[_Checklist] = []
    actions: list[_Action] = []


def read_trello(content: bytes) -> Plan:
    """The plan of a board.

    Raises:
        FileUnreadable: it is no JSON, or not that of a board.
    """
    try:
        board = _Board.model_validate(loads_strict(content))
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
        self._lists = {each.id: each for each in board.lists}
        self._checklists = {each.id: each for each in board.checklists}
        self._people = {each.id: each.username or each.id for each in board.members}
        self._comments: dict[str, list[str]] = {}
        for action in sorted(board.actions, key=lambda action: action.date):
            if action.type == "commentCard":
                self._comments.setdefault(str(action.data.card.get("id")), []).append(_said(action))

    def plan(self) -> Plan:
        for each in sorted(self._board.lists, key=lambda each: (each.closed, each.pos)):
            if not each.closed or any(card.id_list == each.id for card in self._board.cards):
                self._draft.column(each.name)
        labels = {each.id: self._label(each) for each in self._board.labels}
        order = {each.id: (each.closed, each.pos) for each in self._board.lists}
        for card in sorted(
            self._board.cards, key=lambda card: (order.get(card.id_list, (True, 0.0)), card.pos)
        ):
            self._add(card, labels)
        return self._draft.plan()

    def _label(self, label: _Label) -> str | None:
        base = (label.color or "").partition("_")[0]
        return self._draft.label(label.name or base or "label", COLORS.get(base))

    def _add(self, card: _Card, labels: dict[str, str | None]) -> None:
        draft, place = self._draft, self._lists.get(card.id_list)
        if card.custom_field_items:
            draft.note("not_mapped", "custom fields", card.name)
        said = self._comments.get(card.id, ())
        if card.badges.comments > len(said):
            # A file of Trello has the last thousand actions only.
            draft.note("not_in_file", "comments", card.name)
        due = drafting.day(card.due or "")
        if card.due and due is None:
            draft.note("not_understood", "due_date", card.due)
        draft.card(
            card.name,
            column="To Do" if place is None else place.name,
            description=card.desc or "",
            labels=[name for each in card.id_labels if (name := labels.get(each))],
            people=[self._people.get(each, each) for each in card.id_members],
            steps=self._steps(card),
            links=[(each.url or "", each.name or "") for each in card.attachments],
            comments=said,
            archived=card.closed or (place is not None and place.closed),
            due_date=due,
        )

    def _steps(self, card: _Card) -> list[Step]:
        lists = [self._checklists[each] for each in card.id_checklists if each in self._checklists]
        several = len(lists) > 1
        return [
            drafting.step(
                f"{checklist.name}: {item.name}" if several else item.name,
                done=item.state == "complete",
            )
            for checklist in sorted(lists, key=lambda each: each.pos)
            for item in sorted(checklist.check_items, key=lambda each: each.pos)
        ]


def _said(action: _Action) -> str:
    author = action.member_creator.username if action.member_creator else ""
    return f"**{author or 'Somebody'}** wrote on {action.date[:10]}:\n\n{action.data.text}"
