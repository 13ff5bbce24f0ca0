"""Who may do what: one row for each operation of the API.

The permission matrix is generated from these rows (`tests/contract/test_permissions.py`); an operation
without a row fails there. A row is the least role that may do it, the least scope of a personal token, a
request that is otherwise right, and the exact answer to it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.support.tenant import Tenant

PUBLIC = "public"
SIGNED_IN = "signed in"
VIEWER = "viewer"
MEMBER = "member"
ADMIN = "admin"

READ = "read"
WRITE = "write"

Body = Callable[[Tenant], Any]


@dataclass(frozen=True, slots=True)
class Row:
    """One operation's policy."""

    least: str
    body: Body | None = None
    query: str = ""
    scope: str | None = None
    """The least scope of a personal token; by default `read` for reading, `admin` for what only admins
    may do, `write` for the rest."""
    status: int | None = None
    """The answer to whoever may; by default the one success that the document names."""
    code: str | None = None
    """The problem's code, where that answer is a problem."""
    by_token: tuple[int, str] | None = None
    """The answer to every personal token, where it differs."""


POLICY: dict[str, Row] = {
    # system
    "live": Row(PUBLIC),
    "ready": Row(PUBLIC),
    "metrics": Row(PUBLIC),
    # Only GitHub's signature counts, whoever sends it.
    "receive_delivery": Row(PUBLIC, lambda _: {}, status=401, code="bad_signature"),
    "receive_app_delivery": Row(PUBLIC, lambda _: {}, status=401, code="bad_signature"),
    # The operator's link counts, and nobody here has one.
    "open_app_setup": Row(PUBLIC, query="?token=none", status=400, code="github_app_setup_over"),
    "finish_app_setup": Row(
        PUBLIC, query="?code=none&state=none", status=400, code="github_app_setup_over"
    ),
    "show_app_installed": Row(PUBLIC),
    # signing in
    "read_sign_in_methods": Row(PUBLIC),
    "begin_github_sign_in": Row(PUBLIC, status=404, code="github_not_configured"),
    "finish_github_sign_in": Row(PUBLIC, status=400, code="oauth_state_invalid"),
    "open_link": Row(PUBLIC, query="?token={link}"),
    "use_link": Row(PUBLIC, lambda tenant: {"token": tenant.link}, status=200),
    "refresh_session": Row(
        PUBLIC, lambda tenant: {"refresh_token": tenant.people[ADMIN].refresh_token}
    ),
    # A personal token has no session that could end.
    "log_out": Row(SIGNED_IN, by_token=(403, "forbidden")),
    "list_sessions": Row(SIGNED_IN, scope=ADMIN),
    "revoke_other_sessions": Row(SIGNED_IN, scope=ADMIN),
    "revoke_session": Row(SIGNED_IN, scope=ADMIN),
    # me
    "read_me": Row(SIGNED_IN),
    "update_me": Row(SIGNED_IN, lambda _: {"name": "Somebody Else"}),
    "list_my_audit_entries": Row(SIGNED_IN, scope=ADMIN),
    "list_notifications": Row(SIGNED_IN),
    "read_notifications": Row(
        SIGNED_IN, lambda _: {"ids": ["0199d2c0-8a4e-7c1e-9b6e-0d6a3b8d1f13"]}
    ),
    "read_notification_settings": Row(SIGNED_IN),
    "open_unsubscribe": Row(PUBLIC, query="?token={unsubscribe}"),
    "unsubscribe": Row(PUBLIC, query="?token={unsubscribe}"),
    "update_notification_settings": Row(SIGNED_IN, lambda _: {"assigned": {"email": False}}),
    "export_me": Row(SIGNED_IN, scope=ADMIN),
    # Who does not type their login loses nothing.
    "delete_me": Row(
        SIGNED_IN,
        lambda _: {"login": "nobody"},
        status=422,
        code="login_differs",
        by_token=(403, "forbidden"),
    ),
    "list_tokens": Row(SIGNED_IN, scope=ADMIN),
    # Nor may it make one that outlives it.
    "create_token": Row(
        SIGNED_IN, lambda _: {"name": "New", "scopes": ["read"]}, by_token=(403, "forbidden")
    ),
    "revoke_token": Row(SIGNED_IN, scope=ADMIN),
    # workspaces
    "create_workspace": Row(SIGNED_IN, lambda _: {"name": "New"}),
    "list_workspaces": Row(SIGNED_IN),
    "read_workspace": Row(VIEWER),
    "update_workspace": Row(ADMIN, lambda _: {"name": "Renamed"}),
    "delete_workspace": Row(ADMIN, lambda tenant: {"name": tenant.workspace["name"]}),
    "list_members": Row(VIEWER),
    "add_member": Row(ADMIN, lambda _: {"login": "newcomer", "role": "member"}),
    "invite_people": Row(ADMIN, lambda _: {"emails": ["new@example.com"]}),
    "list_invitations": Row(ADMIN),
    "resend_invitation": Row(ADMIN),
    "revoke_invitation": Row(ADMIN),
    "look_up_invitation": Row(PUBLIC, lambda tenant: {"token": tenant.invitation}),
    # Who holds no link that leads anywhere joins nothing.
    "accept_invitation": Row(
        SIGNED_IN, lambda _: {"token": "none"}, status=404, code="invitation_not_found"
    ),
    "list_audit_entries": Row(ADMIN),
    "export_audit_entries": Row(ADMIN),
    "export_workspace": Row(ADMIN),
    # It takes a file, and no JSON.
    "preview_workspace_import": Row(
        SIGNED_IN, status=415, code="unsupported_media_type", scope=WRITE
    ),
    "read_workspace_import": Row(SIGNED_IN),
    "start_workspace_import": Row(SIGNED_IN),
    "remove_workspace_import": Row(SIGNED_IN),
    "update_member": Row(ADMIN, lambda _: {"capacity": 5}),
    "leave_workspace": Row(VIEWER),
    "remove_member": Row(ADMIN),
    # boards
    "create_board": Row(MEMBER, lambda _: {"name": "Mobile App"}),
    "list_board_templates": Row(SIGNED_IN),
    "list_event_types": Row(SIGNED_IN),
    # files of other products
    "preview_import": Row(
        MEMBER,
        lambda _: {
            "lists": [{"id": "1", "name": "To Do"}],
            "cards": [{"id": "2", "name": "One", "idList": "1"}],
        },
        query="?source=trello",
    ),
    "preview_issues": Row(
        MEMBER,
        lambda tenant: {"board_id": tenant.board["id"], "repository_id": tenant.repository_id},
        status=409,
        code="github_token_missing",
    ),
    "list_imports": Row(VIEWER),
    "read_import": Row(VIEWER),
    "update_import": Row(MEMBER, lambda _: {"board_name": "Renamed"}),
    "start_import": Row(MEMBER),
    "remove_import": Row(MEMBER),
    "list_boards": Row(VIEWER),
    "read_board": Row(VIEWER),
    "follow_board": Row(VIEWER, query="?after=0&wait=0"),
    "duplicate_board": Row(MEMBER, lambda _: {"name": "Another"}),
    "update_board": Row(MEMBER, lambda _: {"name": "Renamed"}),
    "archive_board": Row(MEMBER),
    "restore_board": Row(MEMBER),
    "delete_board": Row(ADMIN),
    "create_label": Row(MEMBER, lambda _: {"name": "docs", "color": "#d73a4a"}),
    "update_label": Row(MEMBER, lambda _: {"name": "renamed"}),
    "delete_label": Row(MEMBER),
    "add_column": Row(MEMBER, lambda _: {"name": "QA"}),
    "update_column": Row(MEMBER, lambda _: {"name": "Renamed"}),
    "move_column": Row(MEMBER, lambda _: {"position": 0}),
    "delete_column": Row(MEMBER),
    # cards
    "create_card": Row(MEMBER, lambda _: {"title": "New"}),
    "read_card": Row(VIEWER),
    "read_card_by_key": Row(VIEWER),
    "update_card": Row(MEMBER, lambda _: {"title": "Changed"}),
    "move_card": Row(MEMBER, lambda _: {"position": 0}),
    "copy_card": Row(MEMBER, lambda _: {}),
    "move_card_to_board": Row(MEMBER, lambda tenant: {"board_id": tenant.other_board["id"]}),
    "paste_cards": Row(MEMBER, lambda _: {"lines": "- one\n- two"}),
    "archive_card": Row(MEMBER),
    "restore_card": Row(MEMBER),
    "delete_card": Row(MEMBER),
    "read_timeline": Row(VIEWER),
    "assign_card": Row(MEMBER),
    "unassign_card": Row(MEMBER),
    "label_card": Row(MEMBER),
    "unlabel_card": Row(MEMBER),
    "block_card": Row(MEMBER),
    "unblock_card": Row(MEMBER),
    "add_checklist_item": Row(MEMBER, lambda _: {"text": "Ask"}),
    "update_checklist_item": Row(MEMBER, lambda _: {"done": True}),
    "delete_checklist_item": Row(MEMBER),
    "add_attachment": Row(MEMBER, lambda _: {"url": "https://example.com"}),
    "update_attachment": Row(MEMBER, lambda _: {"title": "Renamed"}),
    "delete_attachment": Row(MEMBER),
    "list_watchers": Row(VIEWER),
    "watch_card": Row(VIEWER),
    "unwatch_card": Row(VIEWER),
    # Who may change none of the cards hears of each why.
    "bulk_update_cards": Row(
        SIGNED_IN,
        lambda _: {
            "card_ids": ["0199d2c0-8a4e-7c1e-9b6e-0d6a3b8d1f13"],
            "changes": [{"mode": "set", "title": "Changed"}],
        },
        status=422,
        code="bulk_refused",
        scope=WRITE,
    ),
    # comments
    "list_comments": Row(VIEWER),
    "create_comment": Row(MEMBER, lambda _: {"body": "Hm."}),
    # The admin wrote it: only its author changes it.
    "update_comment": Row(ADMIN, lambda _: {"body": "Oh."}, scope=WRITE),
    "delete_comment": Row(ADMIN, scope=WRITE),
    # history
    "undo_operation": Row(MEMBER),
    "read_board_at": Row(VIEWER, query="?at=1"),
    # sprints
    "create_sprint": Row(
        MEMBER,
        lambda _: {"name": "Sprint 2", "starts_on": "2026-12-07", "ends_on": "2026-12-18"},
    ),
    "list_sprints": Row(VIEWER),
    "read_sprint": Row(VIEWER),
    "update_sprint": Row(MEMBER, lambda _: {"goal": "Refunds work twice"}),
    "delete_sprint": Row(MEMBER),
    "change_sprint_scope": Row(MEMBER, lambda tenant: {"add": [tenant.card["id"]]}),
    "list_scope_changes": Row(VIEWER),
    "read_sprint_capacity": Row(VIEWER),
    "set_days_off": Row(MEMBER, lambda _: {"days": 3}),
    "set_capacity_in_sprint": Row(MEMBER, lambda _: {"capacity": 12}),
    "preview_sprint_capacity": Row(VIEWER, query="?add={card_id}&assignee={user_id}"),
    "start_sprint": Row(MEMBER),
    # Nobody has started it.
    "complete_sprint": Row(MEMBER, lambda _: {}, status=409, code="sprint_not_started"),
    "read_sprint_result": Row(VIEWER),
    "read_sprint_series": Row(VIEWER),
    "set_sprint_series": Row(MEMBER, lambda _: {"starts_on": "2026-12-07"}),
    "delete_sprint_series": Row(MEMBER),
    "plan_sprints_ahead": Row(MEMBER, lambda _: {"ahead": 2}),
    # insights
    "read_burndown": Row(VIEWER, query="?sprint={sprint_id}"),
    "read_velocity": Row(VIEWER),
    "read_cumulative_flow": Row(VIEWER, query="?label={label_id}"),
    "read_durations": Row(VIEWER),
    "read_ageing": Row(VIEWER),
    "read_throughput": Row(VIEWER),
    "read_review_times": Row(VIEWER),
    "read_unseen_work": Row(VIEWER),
    "read_forecast": Row(VIEWER, query="?cards=3&by=2026-12-24"),
    # pictures
    "draw_burndown": Row(VIEWER, query="?sprint={sprint_id}&theme=dark"),
    "draw_velocity": Row(VIEWER),
    "draw_flow": Row(VIEWER, query="?by=column"),
    "draw_cycle_time": Row(VIEWER),
    "draw_throughput": Row(VIEWER),
    "create_picture_link": Row(ADMIN, lambda _: {"name": "README"}),
    "list_picture_links": Row(ADMIN, scope=ADMIN),
    "revoke_picture_link": Row(ADMIN),
    # The token in the address counts, whoever asks.
    "show_badge": Row(PUBLIC),
    "show_burndown": Row(PUBLIC, query="?theme=dark"),
    "show_velocity": Row(PUBLIC),
    "show_flow": Row(PUBLIC, query="?by=column"),
    "show_cycle_time": Row(PUBLIC),
    "show_throughput": Row(PUBLIC),
    # search
    "search_cards": Row(VIEWER, query="?q=card"),
    "list_board_cards": Row(VIEWER, query="?q=is:open"),
    "list_own_cards": Row(SIGNED_IN),
    "create_view": Row(VIEWER, lambda _: {"name": "Mine", "query": "assignee:me"}),
    "list_views": Row(VIEWER),
    "read_view": Row(VIEWER),
    # Shared by an admin; its owner may, too.
    "update_view": Row(ADMIN, lambda _: {"name": "Renamed"}, scope=WRITE),
    "delete_view": Row(ADMIN, scope=WRITE),
    # planning
    "export_sprint_plan": Row(VIEWER, query="?format=ics"),
    "read_planning_help": Row(VIEWER),
    "read_sprint_timeline": Row(VIEWER, query="?q=is:open"),
    # release notes
    "read_release_notes": Row(VIEWER, query="?from=2026-11-01"),
    # reports
    "read_sprint_report": Row(VIEWER),
    "read_weekly_digest": Row(VIEWER),
    "read_report_subscription": Row(VIEWER),
    "subscribe_to_reports": Row(VIEWER),
    "unsubscribe_from_reports": Row(VIEWER),
    # GitHub. Nobody here has signed in with it, so who may ask it hears that there is no token to ask with.
    "list_available_repositories": Row(ADMIN, status=409, code="github_token_missing", scope=ADMIN),
    "connect_repository": Row(
        ADMIN, lambda _: {"full_name": "octo/new"}, status=409, code="github_token_missing"
    ),
    "list_repositories": Row(VIEWER),
    "disconnect_repository": Row(ADMIN),
    "reconnect_repository": Row(ADMIN, status=409, code="github_token_missing"),
    "read_repository_health": Row(ADMIN, scope=ADMIN),
    "reconcile_repository": Row(ADMIN),
    "list_deliveries": Row(ADMIN, scope=ADMIN),
    "read_delivery": Row(ADMIN, scope=ADMIN),
    "replay_delivery": Row(ADMIN),
    "replay_deliveries": Row(ADMIN, lambda _: {}),
    "create_branch": Row(
        MEMBER,
        lambda tenant: {"name": "feature/new", "repository_id": tenant.repository_id},
    ),
    "link_pull_request": Row(MEMBER, lambda _: {"url": "https://github.com/octo/payments/pull/34"}),
    "create_draft_pull_request": Row(MEMBER, lambda tenant: {"branch_id": tenant.branch_id}),
    "unlink_pull_request": Row(MEMBER),
    "refresh_pull_request": Row(MEMBER),
    "read_development": Row(VIEWER),
    "list_drift": Row(VIEWER),
    "read_automation": Row(VIEWER),
    "update_automation": Row(MEMBER, lambda _: {"merged_needs": "all"}),
    "try_automation": Row(MEMBER, lambda _: {}),
    "undo_on_card": Row(MEMBER, lambda _: {}),
    "list_stopped_rules": Row(VIEWER),
    "allow_rule": Row(MEMBER),
    "read_job": Row(VIEWER),
    # outbound webhooks
    "create_webhook": Row(
        ADMIN, lambda _: {"url": "https://hooks.example.org/new", "event_types": ["card.*"]}
    ),
    "list_webhooks": Row(ADMIN, scope=ADMIN),
    "read_webhook": Row(ADMIN, scope=ADMIN),
    "update_webhook": Row(ADMIN, lambda _: {"description": "Changed"}),
    "delete_webhook": Row(ADMIN),
    "rotate_webhook_secret": Row(ADMIN),
    "pause_webhook": Row(ADMIN),
    "resume_webhook": Row(ADMIN, lambda _: {"skip_missed": True}),
    "test_webhook": Row(ADMIN),
    "replay_webhook": Row(ADMIN, lambda _: {"since": "2026-11-23T00:00:00Z"}),
    "list_webhook_deliveries": Row(ADMIN, scope=ADMIN),
    "redeliver_webhook": Row(ADMIN),
}
