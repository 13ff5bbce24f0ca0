"""Where the tables say something of a person: the one list that export and erasure go by.

Whoever adds a table with a reference to people adds a line here; a test says so when it is forgotten.
"""

import enum
from dataclasses import dataclass


class Fate(enum.Enum):
    """What becomes of rows when their person goes."""

    FORGOTTEN = enum.auto()
    """They are deleted."""
    KEPT = enum.auto()
    """They are work, and stay under the former member."""
    TENDED = enum.auto()
    """They need more than that, see `privacy.erasing`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """Rows of one table that belong to a person."""

    table: str
    by: str
    """The column that names the person."""
    fate: Fate
    section: str | None = None
    """What the export calls them; None for what says nothing to anybody."""
    hidden: frozenset[str] = frozenset()
    """Columns that are shown to nobody."""
    for_insiders: frozenset[str] = frozenset()
    """Columns that are shown only of workspaces in which the person still is."""


_HASH = frozenset({"token_hash"})

HOLDINGS = (
    Holding(table="sessions", by="user_id", section="sessions", fate=Fate.FORGOTTEN),
    Holding(
        table="api_tokens",
        by="user_id",
        section="personal_tokens",
        hidden=_HASH,
        fate=Fate.FORGOTTEN,
    ),
    Holding(
        table="sign_in_links",
        by="user_id",
        section="sign_in_links",
        hidden=_HASH,
        fate=Fate.FORGOTTEN,
    ),
    # Answers that are kept for a day, encrypted: what they said stands in the other sections.
    Holding(table="idempotency_keys", by="user_id", fate=Fate.FORGOTTEN),
    Holding(table="workspace_members", by="user_id", section="memberships", fate=Fate.TENDED),
    Holding(
        table="workspace_invitations",
        by="invited_by",
        section="invitations_sent",
        hidden=_HASH,
        fate=Fate.KEPT,
    ),
    Holding(
        table="workspace_invitations",
        by="accepted_by",
        section="invitations_accepted",
        hidden=_HASH,
        fate=Fate.TENDED,
    ),
    Holding(table="card_assignees", by="user_id", section="assigned_cards", fate=Fate.TENDED),
    Holding(table="card_watchers", by="user_id", section="watched_cards", fate=Fate.FORGOTTEN),
    Holding(table="sprint_absences", by="user_id", section="days_off", fate=Fate.FORGOTTEN),
    Holding(
        table="sprint_capacities",
        by="user_id",
        section="capacities_in_sprints",
        fate=Fate.FORGOTTEN,
    ),
    Holding(
        table="notifications",
        by="user_id",
        section="notifications",
        hidden=frozenset({"actor_id", "mailed_by"}),
        fate=Fate.FORGOTTEN,
    ),
    # What others were told of something that the person did: it stands in the events.
    Holding(table="notifications", by="actor_id", fate=Fate.KEPT),
    Holding(
        table="notification_settings",
        by="user_id",
        section="notification_settings",
        fate=Fate.FORGOTTEN,
    ),
    Holding(table="notification_windows", by="user_id", fate=Fate.FORGOTTEN),
    Holding(
        table="report_subscriptions",
        by="user_id",
        section="report_subscriptions",
        fate=Fate.FORGOTTEN,
    ),
    Holding(table="card_comments", by="author_id", section="comments", fate=Fate.KEPT),
    Holding(table="saved_views", by="owner_id", section="saved_views", fate=Fate.TENDED),
    Holding(
        table="git_repositories",
        by="connected_by",
        section="repositories_connected",
        hidden=frozenset({"webhook_secret", "previous_webhook_secret"}),
        fate=Fate.KEPT,
    ),
    Holding(
        table="imports",
        by="created_by",
        section="imports",
        hidden=frozenset({"file_hash", "plan", "people"}),
        fate=Fate.KEPT,
    ),
    Holding(
        table="workspace_imports",
        by="created_by",
        section="workspace_imports",
        hidden=frozenset({"file_hash", "people", "notes", "receipt"}),
        fate=Fate.FORGOTTEN,
    ),
    Holding(table="card_branches", by="created_by", section="branches", fate=Fate.KEPT),
    Holding(
        table="events",
        by="actor_id",
        section="events",
        for_insiders=frozenset({"data"}),
        fate=Fate.KEPT,
    ),
    Holding(table="audit_entries", by="actor_id", section="audit_log", fate=Fate.TENDED),
)
