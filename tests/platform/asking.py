"""Requests of every kind, with what they cost."""

from collections.abc import Awaitable, Callable

import httpx2

from tests.platform.place import Place
from tests.support.actors import Json, column


def of_column(place: Place, name: str) -> str:
    """The path of a column."""
    return f"/boards/{place.board['id']}/columns/{column(place.board, name)['id']}"


Ask = Callable[[Place], Awaitable[httpx2.Response]]


async def undone(it: Place, path: str, body: Json) -> httpx2.Response:
    """Do something and take it back; the latter's answer."""
    done = await it.alice.post(path, json=body)
    return await it.alice.post(f"/operations/{done.headers['Operation-ID']}/undo")


FOLDING = 23
"""What it costs to fold a board's log for the first time, with whether that is necessary: in three parts, as a column
comes to mean something else in it."""


def insight(figure: str, costs: int = 4) -> tuple[int, Ask]:
    """A question about the past, with what it costs besides folding the log."""
    return FOLDING + costs, lambda it: it.alice.get(f"/boards/{it.board['id']}/insights/{figure}")


REQUESTS: dict[str, tuple[int, Ask]] = {
    "read_me": (1, lambda it: it.alice.get("/me")),
    "list_notifications": (2, lambda it: it.alice.get("/me/notifications")),
    "read_notifications": (
        2,
        lambda it: it.alice.post("/me/notifications/read", json={"ids": [it.operation_id]}),
    ),
    "read_notification_settings": (1, lambda it: it.alice.get("/me/notification-settings")),
    "update_notification_settings": (
        3,
        lambda it: it.alice.patch(
            "/me/notification-settings",
            json={"assigned": {"email": False}, "mentioned": {"in_app": False}},
        ),
    ),
    "export_me": (50, lambda it: it.alice.get("/me/export")),
    "export_workspace": (
        32,
        lambda it: it.alice.get(f"/workspaces/{it.workspace['id']}/export"),
    ),
    "list_workspaces": (1, lambda it: it.alice.get("/workspaces")),
    "read_workspace": (1, lambda it: it.alice.get(f"/workspaces/{it.workspace['id']}")),
    "update_workspace": (
        3,
        lambda it: it.alice.patch(f"/workspaces/{it.workspace['id']}", json={"name": "Other"}),
    ),
    "invite_people": (
        9,
        lambda it: it.alice.post(
            f"/workspaces/{it.workspace['id']}/invitations",
            json={"emails": [f"p{number}@example.com" for number in range(len(it.cards))]},
        ),
    ),
    "list_invitations": (
        2,
        lambda it: it.alice.get(f"/workspaces/{it.workspace['id']}/invitations"),
    ),
    "list_audit_entries": (
        2,
        lambda it: it.alice.get(f"/workspaces/{it.workspace['id']}/audit"),
    ),
    "list_members": (2, lambda it: it.alice.get(f"/workspaces/{it.workspace['id']}/members")),
    "list_boards": (2, lambda it: it.alice.get(f"/workspaces/{it.workspace['id']}/boards")),
    "read_board": (2, lambda it: it.alice.get(f"/boards/{it.board['id']}")),
    "update_board": (
        7,
        lambda it: it.alice.patch(f"/boards/{it.board['id']}", json={"name": "Other"}),
    ),
    "create_label": (
        5,
        lambda it: it.alice.post(
            f"/boards/{it.board['id']}/labels", json={"name": "new", "color": "#d73a4a"}
        ),
    ),
    "update_label": (
        5,
        lambda it: it.alice.patch(
            f"/boards/{it.board['id']}/labels/{it.label_id}", json={"name": "renamed"}
        ),
    ),
    "delete_label": (
        9,
        lambda it: it.alice.delete(f"/boards/{it.board['id']}/labels/{it.label_id}"),
    ),
    "add_column": (
        4,
        lambda it: it.alice.post(f"/boards/{it.board['id']}/columns", json={"name": "QA"}),
    ),
    "update_column": (
        7,
        lambda it: it.alice.patch(of_column(it, "To Do"), json={"category": "todo"}),
    ),
    "move_column": (
        5,
        lambda it: it.alice.post(f"{of_column(it, 'To Do')}/move", json={"position": 2}),
    ),
    "delete_column": (
        11,
        lambda it: it.alice.delete(
            f"{of_column(it, 'To Do')}?move_cards_to={column(it.board, 'Done')['id']}"
        ),
    ),
    "create_card": (
        5,
        lambda it: it.alice.post(f"/boards/{it.board['id']}/cards", json={"title": "New"}),
    ),
    "move_card_to_board": (
        25,  # Its pull requests come along.
        lambda it: it.alice.post(
            f"/cards/{it.cards[0]['id']}/move-to-board", json={"board_id": it.other_board["id"]}
        ),
    ),
    "paste_cards": (
        6,
        lambda it: it.alice.post(
            f"/boards/{it.board['id']}/cards/paste",
            json={"lines": "\n".join(card["title"] for card in it.cards)},
        ),
    ),
    "undo_paste": (
        24,
        lambda it: undone(
            it,
            f"/boards/{it.board['id']}/cards/paste",
            {"lines": "\n".join(card["title"] for card in it.cards)},
        ),
    ),
    "duplicate_board": (
        23,
        lambda it: it.alice.post(f"/boards/{it.board['id']}/duplicate", json={"name": "Copy"}),
    ),
    "copy_card": (
        11,
        lambda it: it.alice.post(f"/cards/{it.cards[0]['id']}/copy", json={}),
    ),
    "read_card": (2, lambda it: it.alice.get(f"/cards/{it.cards[0]['id']}")),
    "read_card_by_key": (
        2,
        lambda it: it.alice.get(f"/workspaces/{it.workspace['id']}/cards/{it.cards[0]['key']}"),
    ),
    "update_card": (
        6,
        lambda it: it.alice.patch(f"/cards/{it.cards[0]['id']}", json={"title": "Other"}),
    ),
    "move_card": (
        2,
        lambda it: it.alice.post(
            f"/cards/{it.cards[0]['id']}/move",
            json={"column_id": column(it.board, "Done")["id"], "position": 0},
        ),
    ),
    "archive_card": (7, lambda it: it.alice.post(f"/cards/{it.cards[0]['id']}/archive")),
    "delete_card": (8, lambda it: it.alice.delete(f"/cards/{it.cards[0]['id']}")),
    "read_timeline": (2, lambda it: it.alice.get(f"/cards/{it.cards[0]['id']}/timeline")),
    "assign_card": (
        9,
        lambda it: it.alice.request(
            "PUT", f"/cards/{it.cards[0]['id']}/assignees/{it.alice.user_id}"
        ),
    ),
    "unlabel_card": (
        7,
        lambda it: it.alice.delete(f"/cards/{it.cards[0]['id']}/labels/{it.label_id}"),
    ),
    "block_card": (
        10,
        lambda it: it.alice.request(
            "PUT", f"/cards/{it.cards[0]['id']}/blockers/{it.cards[1]['id']}"
        ),
    ),
    "add_checklist_item": (
        4,
        lambda it: it.alice.post(f"/cards/{it.cards[0]['id']}/checklist", json={"text": "Ask"}),
    ),
    "add_attachment": (
        4,
        lambda it: it.alice.post(
            f"/cards/{it.cards[0]['id']}/attachments", json={"url": "https://example.com"}
        ),
    ),
    "create_comment": (
        7,
        lambda it: it.alice.post(f"/cards/{it.cards[0]['id']}/comments", json={"body": "@alice"}),
    ),
    "list_comments": (2, lambda it: it.alice.get(f"/cards/{it.cards[0]['id']}/comments")),
    "list_watchers": (2, lambda it: it.alice.get(f"/cards/{it.cards[0]['id']}/watchers")),
    "watch_card": (
        2,
        lambda it: it.alice.request("PUT", f"/cards/{it.cards[0]['id']}/watchers/me"),
    ),
    "bulk_update_cards": (
        14,
        lambda it: it.alice.post(
            "/cards/bulk-update",
            json={
                "card_ids": [card["id"] for card in it.cards],
                "changes": [
                    {"mode": "set", "title": "Other"},
                    {"mode": "add", "assignee_ids": [str(it.alice.user_id)]},
                    {"mode": "move", "column_id": column(it.board, "In Progress")["id"]},
                ],
            },
        ),
    ),
    "undo_operation": (
        17,
        lambda it: it.alice.post(f"/operations/{it.operation_id}/undo"),
    ),
    "read_board_at": (
        2,
        lambda it: it.alice.get(f"/boards/{it.board['id']}/history?at={it.board['version']}"),
    ),
    "search_cards": (
        3,
        lambda it: it.alice.get(
            f"/workspaces/{it.workspace['id']}/search?q=card -label:none OR is:open assignee:none"
        ),
    ),
    "search_drift": (
        3,
        lambda it: it.alice.get(f"/workspaces/{it.workspace['id']}/search?q=is:drifting"),
    ),
    "list_board_cards": (3, lambda it: it.alice.get(f"/boards/{it.board['id']}/cards?q=is:done")),
    "list_drift": (3, lambda it: it.alice.get(f"/boards/{it.board['id']}/drift")),
    "read_development": (
        9,
        lambda it: it.alice.get(f"/cards/{it.cards[0]['id']}/development"),
    ),
    "create_view": (
        4,
        lambda it: it.alice.post(
            f"/workspaces/{it.workspace['id']}/views",
            json={"name": "Bugs", "query": "label:bug", "shared": True},
        ),
    ),
    "list_views": (2, lambda it: it.alice.get(f"/workspaces/{it.workspace['id']}/views")),
    "list_own_cards": (1, lambda it: it.alice.get("/me/cards?q=due:none")),
    "create_webhook": (
        6,
        lambda it: it.alice.post(
            f"/workspaces/{it.workspace['id']}/webhooks",
            json={"url": "https://hooks.example.org/", "event_types": ["card.*"]},
        ),
    ),
    "list_webhooks": (2, lambda it: it.alice.get(f"/workspaces/{it.workspace['id']}/webhooks")),
    "read_webhook": (2, lambda it: it.alice.get(it.webhook)),
    "update_webhook": (
        4,
        lambda it: it.alice.patch(it.webhook, json={"event_types": ["label.*"]}),
    ),
    "delete_webhook": (4, lambda it: it.alice.delete(it.webhook)),
    "rotate_webhook_secret": (4, lambda it: it.alice.post(f"{it.webhook}/rotate-secret")),
    "pause_webhook": (4, lambda it: it.alice.post(f"{it.webhook}/pause")),
    "resume_webhook": (3, lambda it: it.alice.post(f"{it.webhook}/resume", json={})),
    "test_webhook": (6, lambda it: it.alice.post(f"{it.webhook}/test")),
    "replay_webhook": (
        4,
        lambda it: it.alice.post(f"{it.webhook}/replay", json={"since": "2026-01-01T00:00:00Z"}),
    ),
    "list_webhook_deliveries": (3, lambda it: it.alice.get(f"{it.webhook}/deliveries")),
    "redeliver_webhook": (
        5,
        lambda it: it.alice.post(f"{it.webhook}/deliveries/{it.delivery_id}/redeliver"),
    ),
    "list_deliveries": (2, lambda it: it.alice.get(it.deliveries)),
    "read_delivery": (3, lambda it: it.alice.get(f"{it.deliveries}/{it.delivery_id}")),
    "replay_delivery": (
        6,
        lambda it: it.alice.post(f"{it.deliveries}/{it.delivery_id}/replay"),
    ),
    "replay_deliveries": (4, lambda it: it.alice.post(f"{it.deliveries}/replay", json={})),
    "create_sprint": (
        4,
        lambda it: it.alice.post(
            f"/boards/{it.board['id']}/sprints",
            json={"name": "Sprint 1", "starts_on": "2026-11-23", "ends_on": "2026-12-04"},
        ),
    ),
    "list_sprints": (2, lambda it: it.alice.get(f"/boards/{it.board['id']}/sprints")),
    "read_sprint": (4, lambda it: it.alice.get(it.sprint)),
    "update_sprint": (6, lambda it: it.alice.patch(it.sprint, json={"capacity": 30})),
    "read_sprint_result": (4, lambda it: it.alice.get(f"{it.sprint}/result")),
    "list_scope_changes": (4, lambda it: it.alice.get(f"{it.sprint}/scope-changes")),
    "read_sprint_capacity": (5, lambda it: it.alice.get(f"{it.sprint}/capacity")),
    "preview_sprint_capacity": (
        6,
        lambda it: it.alice.get(f"{it.sprint}/capacity/preview?add={it.cards[0]['id']}"),
    ),
    "export_sprint_plan": (4, lambda it: it.alice.get(f"{it.sprint}/export")),
    "read_planning_help": (
        FOLDING + 4,
        lambda it: it.alice.get(f"/boards/{it.board['id']}/planning"),
    ),
    "read_sprint_timeline": (2, lambda it: it.alice.get(f"/boards/{it.board['id']}/timeline")),
    "read_release_notes": (
        7,
        lambda it: it.alice.get(f"/boards/{it.board['id']}/release-notes?from=2026-11-01"),
    ),
    "read_burndown": (
        FOLDING + 4,
        lambda it: it.alice.get(
            f"/boards/{it.board['id']}/insights/burndown?sprint={it.sprint.rpartition('/')[2]}"
        ),
    ),
    "read_velocity": insight("velocity", 3),
    "read_cumulative_flow": insight("flow", 5),
    "read_durations": insight("durations"),
    "read_ageing": insight("ageing", 5),
    "read_throughput": insight("throughput"),
    "read_forecast": insight("forecast", 6),
    "read_review_times": insight("reviews", 4),
    "read_unseen_work": insight("unseen", 4),
    "read_sprint_report": (FOLDING + 19, lambda it: it.alice.get(f"{it.sprint}/report")),
    "read_weekly_digest": (
        FOLDING + 26,
        lambda it: it.alice.get(f"/boards/{it.board['id']}/digest"),
    ),
    "read_report_subscription": (
        2,
        lambda it: it.alice.get(f"/boards/{it.board['id']}/reports/subscription"),
    ),
    "subscribe_to_reports": (
        4,
        lambda it: it.alice.request("PUT", f"/boards/{it.board['id']}/reports/subscription"),
    ),
    "delete_sprint": (10, lambda it: it.alice.delete(it.sprint)),
}
