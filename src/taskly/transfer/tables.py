"""What a workspace's file holds: the one list that export and import go by.

Whoever adds a table adds a line here, or to `LEFT_OUT` with the reason; a test says so when it is forgotten.
The tables stand in the order in which rows are made, so that what a row refers to is there before it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Table

from taskly.platform.db.rows import stored_columns
from taskly.platform.tables import Base

FORMAT, VERSION = "taskly.workspace", 1
IMPLIED = "workspace_id"
"""The column that no row of the file has: all are of one workspace."""
PEOPLE = ("id", "github_id", "login", "name")
"""What the file says of people. No addresses: those are theirs, and the file goes from hand to hand."""


@dataclass(frozen=True, slots=True)
class Exported:
    """A table whose rows of the workspace are in the file."""

    name: str
    omitted: frozenset[str] = frozenset()
    """Columns that stay here: secrets, and what is true only of this installation."""

    @property
    def table(self) -> Table:
        """The table itself."""
        return Base.metadata.tables[self.name]

    @property
    def columns(self) -> list[Column[Any]]:
        """The columns in the file."""
        if self.name == "users":
            return [self.table.c[name] for name in PEOPLE]
        return stored_columns(self.table, except_for={IMPLIED, *self.omitted})


TABLES = (
    Exported("workspaces"),
    Exported("users"),
    Exported("workspace_members"),
    Exported("boards"),
    Exported("former_board_keys"),
    Exported("board_columns"),
    Exported("labels"),
    Exported("sprints"),
    Exported("sprint_series"),
    Exported("sprint_absences"),
    Exported("sprint_capacities"),
    Exported("cards"),
    Exported("former_card_keys"),
    Exported("card_assignees"),
    Exported("card_labels"),
    Exported("card_dependencies"),
    Exported("card_comments"),
    Exported("card_watchers"),
    Exported("saved_views"),
    # A connection is one of this installation: elsewhere it is history, and can be connected anew.
    Exported(
        "git_repositories",
        frozenset(
            {
                "installation_id",
                "webhook_id",
                "webhook_secret",
                "previous_webhook_secret",
                "permissions",
                "active",
                "health",
                "problem",
                "refused_at",
                "webhook_refusal",
                "last_sync_at",
            }
        ),
    ),
    Exported("pull_requests"),
    Exported("pull_request_reviews"),
    Exported("check_runs"),
    Exported("commits"),
    Exported("pull_request_commits"),
    Exported("card_pull_requests"),
    Exported("card_branches"),
    Exported("stopped_rules"),
    # Which request made a change means something only beside the logs of this installation.
    Exported("events", frozenset({"request_id"})),
)

LEFT_OUT = {
    "sessions": "of people",
    "refresh_tokens": "of people",
    "api_tokens": "of people",
    "sign_in_links": "of people",
    "oauth_states": "of people",
    "idempotency_keys": "of people",
    "workspace_invitations": "addresses, and links that lead to this installation",
    "audit_entries": "addresses; what was done stands in the events, and the log has an export of its own",
    "notifications": "of people, and told by this installation",
    "notification_settings": "of people",
    "notification_windows": "of people",
    "report_subscriptions": "of people",
    "report_mailings": "mails of this installation",
    "jobs": "work of this installation",
    "imports": "files of other products; what became of them is on boards",
    "imported_issues": "which issues this installation knows; elsewhere the cards are cards",
    "workspace_imports": "files that somebody read in here",
    "upload_parts": "files on their way in",
    "github_apps": "the app of this installation, with its secrets",
    "webhook_deliveries": "what GitHub sent to this installation",
    "base_branches": "what GitHub requires, and says anew when a repository is connected",
    "board_rollups": "follows from the events",
    "card_steps": "follows from the events",
    "flow_days": "follows from the events",
    "webhook_endpoints": "others are told by this installation, with secrets of their own",
    "picture_links": "addresses that lead to this installation",
    "webhook_attempts": "others are told by this installation",
    "webhook_cursors": "others are told by this installation",
}
"""Every other table, and why it is in no file."""


NOT_IN_FILES = {
    "private views": "they are their owners'",
    "invitations": LEFT_OUT["workspace_invitations"],
    "audit log": LEFT_OUT["audit_entries"],
    "notifications": LEFT_OUT["notifications"],
    "webhooks": LEFT_OUT["webhook_endpoints"],
    "links to pictures": LEFT_OUT["picture_links"],
}
"""Of what was left out, that which somebody might look for."""


def exported(name: str) -> Exported | None:
    """A table of the file by its name."""
    return _BY_NAME.get(name)


def references(table: Exported) -> Iterator[tuple[list[str], str, list[str]]]:
    """What rows of a table refer to, within the file: own columns, the other table, its columns."""
    for constraint in table.table.foreign_key_constraints:
        pairs = [
            (element.parent.name, element.column.name)
            for element in constraint.elements
            if element.parent.name != IMPLIED
        ]
        other = constraint.referred_table.name
        if pairs and other in _BY_NAME:
            yield [own for own, _ in pairs], other, [theirs for _, theirs in pairs]


_BY_NAME = {each.name: each for each in TABLES}
