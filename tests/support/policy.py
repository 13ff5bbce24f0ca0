"""Who may do what: one row for each operation of the API.

The permission matrix is generated from these rows (`tests/contract/test_permissions.py`); an operation
without a row fails there. A row is the least role that may do it, and a request that is otherwise right.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.support.actors import Json

PUBLIC = "public"
SIGNED_IN = "signed in"
VIEWER = "viewer"
MEMBER = "member"
ADMIN = "admin"

Body = Callable[["Tenant"], Any]


@dataclass(frozen=True, slots=True)
class Tenant:
    """A workspace with something of everything, for requests to name."""

    workspace: Json
    board: Json
    card: Json
    other_member_id: str

    @property
    def names(self) -> dict[str, str]:
        """Values of path parameters."""
        return {
            "workspace_id": self.workspace["id"],
            "board_id": self.board["id"],
            "card_id": self.card["id"],
            "card_key": self.card["key"],
            "user_id": self.other_member_id,
        }


@dataclass(frozen=True, slots=True)
class Row:
    """One operation's policy."""

    least: str
    body: Body | None = None
    query: str = ""


POLICY: dict[str, Row] = {
    # system
    "live": Row(PUBLIC),
    "ready": Row(PUBLIC),
    "metrics": Row(PUBLIC),
    # workspaces
    "create_workspace": Row(SIGNED_IN, lambda _: {"name": "New"}),
    "list_workspaces": Row(SIGNED_IN),
    "read_workspace": Row(VIEWER),
    "update_workspace": Row(ADMIN, lambda _: {"name": "Renamed"}),
    "list_members": Row(VIEWER),
    "add_member": Row(ADMIN, lambda _: {"login": "newcomer", "role": "member"}),
    "update_member": Row(ADMIN, lambda _: {"capacity": 5}),
    "leave_workspace": Row(VIEWER),
    "remove_member": Row(ADMIN),
    # boards
    "create_board": Row(MEMBER, lambda _: {"name": "Mobile App"}),
    "list_boards": Row(VIEWER),
    "read_board": Row(VIEWER),
    "follow_board": Row(VIEWER, query="?after=0&wait=0"),
    "update_board": Row(MEMBER, lambda _: {"name": "Renamed"}),
    "archive_board": Row(MEMBER),
    "restore_board": Row(MEMBER),
    "delete_board": Row(ADMIN),
    "create_label": Row(MEMBER, lambda _: {"name": "bug", "color": "#d73a4a"}),
    # cards
    "create_card": Row(MEMBER, lambda _: {"title": "New"}),
    "read_card": Row(VIEWER),
    "read_card_by_key": Row(VIEWER),
    "update_card": Row(MEMBER, lambda _: {"title": "Changed"}),
    "move_card": Row(MEMBER, lambda _: {"position": 0}),
    "archive_card": Row(MEMBER),
    "restore_card": Row(MEMBER),
    "delete_card": Row(MEMBER),
    "read_timeline": Row(VIEWER),
    # sprints
    "create_sprint": Row(
        MEMBER,
        lambda _: {"name": "Sprint 1", "starts_on": "2026-11-23", "ends_on": "2026-12-04"},
    ),
}
