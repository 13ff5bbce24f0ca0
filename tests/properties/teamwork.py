"""Everything that people do on a board, at random: what undo and history have to cope with."""

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.support.actors import Actor, Json

KINDS = (
    "create",
    "edit",
    "move",
    "archive",
    "restore",
    "delete",
    "label",
    "unlabel",
    "assign",
    "unassign",
    "wait",
    "wait_for_none",
    "add_step",
    "tick_step",
    "delete_step",
    "add_column",
    "edit_column",
    "move_column",
    "delete_column",
    "add_label",
    "edit_label",
    "delete_label",
    "add_sprint",
    "edit_sprint",
    "delete_sprint",
    "start_sprint",
    "complete_sprint",
    "set_series",
    "plan_ahead",
    "plan",
    "settings",
    "bulk_fields",
    "bulk_plan",
    "bulk_hanging",
    "bulk_move",
    "bulk_away",
)


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that somebody does; numbers choose among what is there."""

    kind: str
    one: int
    two: int


Asked = tuple[str, str, Json | None]
"""A request: method, path and body."""

deeds = st.builds(Deed, kind=st.sampled_from(KINDS), one=st.integers(0, 99), two=st.integers(0, 99))


@dataclass(slots=True)
class Team:
    """People on a board with three cards, a label and two columns; what is put away is known, too."""

    people: list[Actor]
    board: Json
    archived: list[str]
    made: int = 0

    async def play(self, deed: Deed, who: int = 0) -> str | None:
        """Do it; the operation, or none if it made no difference or was refused."""
        actor = self.people[who]
        before = await actor.snapshot(self.board["id"])
        asked = self._request(deed, before)
        if asked is None:
            return None
        method, path, body = asked
        options: dict[str, Any] = {} if body is None else {"json": body}
        answer = await actor.request(method, path, **options)
        assert answer.status_code < 500, answer.text
        after = await actor.snapshot(self.board["id"])
        if not answer.is_success or after["version"] == before["version"]:
            return None
        shown = {card["id"] for card in after["cards"]}
        gone = [card["id"] for card in before["cards"] if card["id"] not in shown]
        if deed.kind in {"archive", "bulk_away"}:
            self.archived += gone
        return answer.headers["Operation-ID"]

    def _request(self, deed: Deed, board: Json) -> Asked | None:
        """The request in which it is asked for; none if there is nothing to do it with."""
        self.made += 1
        if deed.kind == "restore":
            return self._restored(deed)
        if deed.kind.endswith("_label"):
            return _of_label(deed, board)
        if deed.kind.endswith("_sprint"):
            return _of_sprint(deed, board)
        of_board = _of_board(deed, board, self.made)
        if deed.kind in of_board:
            return of_board[deed.kind]
        if not board["cards"]:
            return None
        if deed.kind.startswith("bulk"):
            return "POST", "/cards/bulk-update", _bulk(deed, board, self.people)
        return _of_card(deed, board, self.people)

    def _restored(self, deed: Deed) -> Asked | None:
        if not self.archived:
            return None
        card_id = self.archived[deed.one % len(self.archived)]
        return "POST", f"/cards/{card_id}/restore", None


def _chosen(things: list[Json], number: int) -> Json:
    return things[number % len(things)]


def _of_board(deed: Deed, board: Json, made: int) -> dict[str, Asked]:
    path, column = f"/boards/{board['id']}", _chosen(board["columns"], deed.two)["id"]
    to = _chosen(board["columns"], deed.one)["id"]
    how = f"move_cards_to={to}" if deed.one % 2 else "delete_cards=true"
    category = ("todo", "in_progress", "done")[deed.one % 3]
    changed = {"name": f"C{deed.one}", "category": category, "wip_limit": 1 + deed.one}
    policy = ("warn", "strict")[deed.two % 2]
    return {
        "create": ("POST", f"{path}/cards", {"title": f"card {made}", "column_id": column}),
        "add_column": ("POST", f"{path}/columns", {"name": f"C{made}", "position": deed.two % 4}),
        "edit_column": ("PATCH", f"{path}/columns/{column}", changed),
        "move_column": ("POST", f"{path}/columns/{column}/move", {"position": deed.one % 4}),
        "delete_column": ("DELETE", f"{path}/columns/{column}?{how}", None),
        "set_series": ("PUT", f"{path}/sprint-series", _series(deed)),
        "plan_ahead": ("POST", f"{path}/sprint-series/sprints", {"ahead": 1 + deed.one % 3}),
        "settings": ("PATCH", path, {"name": f"N{deed.one}", "wip_policy": policy}),
    }


def _series(deed: Deed) -> Json:
    return {"starts_on": "2026-12-01", "length_days": 2 + deed.one, "days_between": deed.two}


def _of_label(deed: Deed, board: Json) -> Asked | None:
    path = f"/boards/{board['id']}/labels"
    if deed.kind == "add_label":
        return "POST", path, {"name": f"L{deed.one % 9}", "color": "#d73a4a"}
    if not board["labels"]:
        return None
    label = _chosen(board["labels"], deed.one)["id"]
    if deed.kind == "delete_label":
        return "DELETE", f"{path}/{label}", None
    return "PATCH", f"{path}/{label}", {"name": f"L{deed.two % 9}"}


def _of_sprint(deed: Deed, board: Json) -> Asked | None:
    days = {
        "starts_on": f"2026-12-{1 + deed.one % 9:02}",
        "ends_on": f"2026-12-{11 + deed.two % 9}",
    }
    if deed.kind == "add_sprint":
        return "POST", f"/boards/{board['id']}/sprints", {"name": f"S{deed.one}", **days}
    if not board["sprints"]:
        return None
    path = f"/sprints/{_chosen(board['sprints'], deed.one)['id']}"
    if deed.kind == "delete_sprint":
        return "DELETE", path, None
    if deed.kind == "start_sprint":
        return "POST", f"{path}/start", None
    if deed.kind == "complete_sprint":
        return "POST", f"{path}/complete", {"unfinished": ("backlog", "next_sprint")[deed.two % 2]}
    return "PATCH", path, {"capacity": deed.two, **(days if deed.two % 2 else {})}


def _planned_for(deed: Deed, board: Json) -> Json:
    """One of the sprints that there are, or none."""
    sprint_ids = [None, *(sprint["id"] for sprint in board["sprints"])]
    return {"sprint_id": sprint_ids[deed.two % len(sprint_ids)]}


def _of_card(deed: Deed, board: Json, people: list[Actor]) -> Asked | None:
    card, other = _chosen(board["cards"], deed.one), _chosen(board["cards"], deed.two)
    path, person = f"/cards/{card['id']}", people[deed.two % len(people)].user_id
    edit: Json = {"description": f"text {deed.two % 3}", "story_points": deed.two % 3}
    place = {"column_id": _chosen(board["columns"], deed.two)["id"], "position": deed.two % 3}
    asked: dict[str, Asked] = {
        "edit": ("PATCH", path, edit),
        "plan": ("PATCH", path, _planned_for(deed, board)),
        "move": ("POST", f"{path}/move", place),
        "archive": ("POST", f"{path}/archive", None),
        "delete": ("DELETE", path, None),
        "assign": ("PUT", f"{path}/assignees/{person}", None),
        "unassign": ("DELETE", f"{path}/assignees/{person}", None),
        "wait": ("PUT", f"{path}/blockers/{other['id']}", None),
        "wait_for_none": ("PATCH", path, {"blocker_ids": []}),
        "add_step": ("POST", f"{path}/checklist", {"text": f"step {deed.two}", "position": 0}),
    }
    if board["labels"]:
        label = f"{path}/labels/{_chosen(board['labels'], deed.two)['id']}"
        asked |= {"label": ("PUT", label, None), "unlabel": ("DELETE", label, None)}
    if card["checklist"]:
        step = _chosen(card["checklist"], deed.two)
        where = f"{path}/checklist/{step['id']}"
        asked |= {
            "tick_step": ("PATCH", where, {"done": not step["done"]}),
            "delete_step": ("DELETE", where, None),
        }
    return asked.get(deed.kind)


def _bulk(deed: Deed, board: Json, people: list[Actor]) -> Json:
    chosen = [card["id"] for index, card in enumerate(board["cards"]) if index % 2 == deed.one % 2]
    person = str(people[deed.two % len(people)].user_id)
    column = _chosen(board["columns"], deed.two)["id"]
    changes: dict[str, list[Json]] = {
        "bulk_fields": [
            {"mode": "set", "priority": ("low", "high")[deed.two % 2]},
            {"mode": "suffix", "title": "!"},
            {"mode": "adjust", "story_points": 1},
        ],
        "bulk_plan": [
            {"mode": "set", **_planned_for(deed, board)},
            {"mode": "adjust", "story_points": 1},
        ],
        "bulk_hanging": [
            {"mode": "add", "assignee_ids": [person], "blocker_ids": [board["cards"][0]["id"]]},
            {"mode": "set", "label_ids": [each["id"] for each in board["labels"]]},
        ],
        "bulk_move": [{"mode": "move", "column_id": column}],
        "bulk_away": [{"mode": ("archive", "delete")[deed.two % 2]}],
    }
    return {"card_ids": chosen or [board["cards"][0]["id"]], "changes": changes[deed.kind]}
