"""Requests of every kind, with what they cost, on a board with as much as a test says."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID, uuid4

import httpx2
from sqlalchemy import text

from taskly.platform.context import SYSTEM
from tests.contract.tenants import connect, deliver
from tests.support.actors import Actor, Json, column
from tests.support.linked import link_pull_requests
from tests.support.world import World


@dataclass(frozen=True, slots=True)
class Place:
    """A board with as much on it as the test says."""

    alice: Actor
    workspace: Json
    board: Json
    other_board: Json
    cards: list[Json]
    """All with the label."""
    label_id: str
    operation_id: str
    """One that changed all cards."""
    webhook: str
    delivery_id: str
    """Of the webhook, and of the repository."""
    sprint: str
    """The path of one with all cards."""
    deliveries: str
    """The path of a repository's."""


async def place_with(world: World, alice: Actor, size: int) -> Place:
    """So many boards, members, labels and cards, each with a timeline as long."""
    workspace = await alice.workspace()
    board = await alice.board(workspace)
    other_board = await alice.board(workspace)
    for number in range(size):
        await alice.invite(workspace, await world.person(f"guest{number}"), "member")
        await alice.post(f"/workspaces/{workspace['id']}/boards", json={"name": f"Board {number}"})
        label = {"name": f"label {number}", "color": "#d73a4a"}
        await alice.post(f"/boards/{board['id']}/labels", json=label)
    label_id = str((await alice.snapshot(board["id"]))["labels"][0]["id"])
    cards = [
        await alice.card(board, f"card {number}", label_ids=[label_id])
        for number in range(size + 2)
    ]
    for number in range(size):
        await alice.post(f"/cards/{cards[0]['id']}/comments", json={"body": f"{number}"})
        await alice.patch(f"/cards/{cards[0]['id']}", json={"title": f"Title {number}"})
    changed = await alice.patch(
        f"/boards/{board['id']}/columns/{cards[0]['column_id']}", json={"category": "done"}
    )
    operation_id = str(changed.headers["Operation-ID"])
    await link_pull_requests(world, board, cards)
    sprint = await sprint_with(alice, board, cards)
    webhook, delivery_id = await webhooks_in(world, alice, workspace, size)
    deliveries = await deliveries_in(world, workspace, delivery_id, size)
    return Place(
        alice,
        workspace,
        board,
        other_board,
        cards,
        label_id,
        operation_id,
        webhook,
        delivery_id,
        sprint,
        deliveries,
    )


async def sprint_with(alice: Actor, board: Json, cards: list[Json]) -> str:
    """A sprint with these cards; its path."""
    body = {"name": "Sprint", "starts_on": "2026-12-07", "ends_on": "2026-12-18"}
    sprint_id = (await alice.post(f"/boards/{board['id']}/sprints", json=body)).json()["id"]
    for card in cards:
        await alice.patch(f"/cards/{card['id']}", json={"sprint_id": sprint_id})
    return f"/sprints/{sprint_id}"


async def webhooks_in(world: World, alice: Actor, workspace: Json, size: int) -> tuple[str, str]:
    """So many webhooks; the path of one, and something that it was told so often in vain."""
    path, tested = f"/workspaces/{workspace['id']}/webhooks", {"id": ""}
    body = {"url": "https://hooks.example.org/taskly", "event_types": ["*"]}
    for _ in range(size):
        webhook = f"{path}/{(await alice.post(path, json=body)).json()['id']}"
    for _ in range(size):
        tested = (await alice.post(f"{webhook}/test")).json()
    async with world.runtime.database.transaction(SYSTEM) as tx:
        await tx.session.execute(text("UPDATE webhook_attempts SET state = 'failed'"))
    return webhook, str(tested["id"])


async def deliveries_in(world: World, workspace: Json, delivery_id: str, size: int) -> str:
    """So many dead deliveries of GitHub besides the one that is named; the path of their list."""
    repository_id = await connect(world, UUID(workspace["id"]), 2)
    for each in (delivery_id, *(str(uuid4()) for _ in range(size))):
        await deliver(world, workspace["id"], repository_id, each)
    return f"/repositories/{repository_id}/deliveries"


def of_column(place: Place, name: str) -> str:
    """The path of a column."""
    return f"/boards/{place.board['id']}/columns/{column(place.board, name)['id']}"


Ask = Callable[[Place], Awaitable[httpx2.Response]]


async def undone(it: Place, path: str, body: Json) -> httpx2.Response:
    """Do something and take it back; the latter's answer."""
    done = await it.alice.post(path, json=body)
    return await it.alice.post(f"/operations/{done.headers['Operation-ID']}/undo")


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
    "export_me": (46, lambda it: it.alice.get("/me/export")),
    "export_workspace": (
        31,
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
    "read_planning_help": (4, lambda it: it.alice.get(f"/boards/{it.board['id']}/planning")),
    "read_sprint_timeline": (2, lambda it: it.alice.get(f"/boards/{it.board['id']}/timeline")),
    "delete_sprint": (10, lambda it: it.alice.delete(it.sprint)),
}
