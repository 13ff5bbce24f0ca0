"""A card as a terminal shows it."""

from collections.abc import Iterable, Mapping

from taskly.client.asking import Json
from taskly.client.showing import show_fields, show_text


def print_card(card: Json, board: Json, code: Json, logins: Mapping[str, str]) -> None:
    """Print a card with its texts, steps, links and code; `logins` has its people by their ids."""
    show_text(f"{card['key']}  {card['title']}", "bold")
    show_fields(_fields(card, board, code, logins))
    for heading, words in _texts(card):
        if words:
            show_text(f"\n{heading}", "bold")
            show_text(words)


def priority_of(card: Json) -> str | None:
    """A card's priority, if it has one."""
    return None if card["priority"] == "none" else str(card["priority"])


def _fields(
    card: Json, board: Json, code: Json, logins: Mapping[str, str]
) -> Iterable[tuple[str, object]]:
    columns, labels = _names(board["columns"]), _names(board["labels"])
    yield "Board", board["name"]
    yield "Column", columns.get(card["column_id"])
    yield "Priority", priority_of(card)
    yield "Points", card["story_points"]
    yield "Due", card["due_date"]
    yield "Assigned", [logins.get(each, each) for each in card["assignee_ids"]]
    yield "Labels", [labels.get(each, each) for each in card["label_ids"]]
    yield "Archived", card["archived_at"]
    yield "Comments", card["comment_count"] or None
    for branch in code["branches"]:
        yield "Branch", branch["name"]
    for pull_request in code["pull_requests"]:
        yield "Pull request", _pull_request(pull_request)
    for sign in code["drift"]:
        yield "Drift", sign["advice"]


def _texts(card: Json) -> Iterable[tuple[str, str]]:
    yield "Description", card["description"]
    yield "Acceptance criteria", card["acceptance_criteria"]
    steps = (f"[{'x' if step['done'] else ' '}] {step['text']}" for step in card["checklist"])
    yield "Steps", "\n".join(steps)
    yield "Links", "\n".join(f"{link['title']}  {link['url']}" for link in card["attachments"])


def _pull_request(shown: Json) -> str:
    checks = f", checks {shown['checks']}" if shown["checks"] else ""
    return f"#{shown['number']} {shown['state']}{checks}: {shown['title']}"


def _names(things: Iterable[Json]) -> dict[str, str]:
    return {each["id"]: each["name"] for each in things}
