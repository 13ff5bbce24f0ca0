"""Small files as other products write them."""

import json
from typing import Any

from taskly.imports.sources.plan import Plan

CSV = """Name,Status,Tags,Assignee,Due,Points,Priority,Notes,Budget
Refund twice,Doing,"bug, bank",alice,2026-12-01,3,High,"First line
second line",100
Show fees,Backlog,,,01.12.2026,,,,
Old one,Done,bug,Bob Builder,soon,half,Huge,,7
"""

JIRA = """Summary,Issue key,Issue id,Issue Type,Status,Priority,Assignee,Reporter,Due date,Labels,Labels,Description,Sprint,Custom field (Story Points),Comment,Comment,Attachment
Refund twice,PAY-7,10007,Bug,In Progress,Highest,alice,bob,01/Dec/26 12:00 AM,bank,money,h1. Why,Sprint 4,5.0,01/Nov/26 9:00 AM;bob;Does the bank answer; or not?,02/Nov/26 9:00 AM;alice;Yes,01/Nov/26 9:00 AM;bob;a;b.pdf;https://jira.example.com/9
Show fees,PAY-8,10008,Story,To Do,Medium,,bob,,,,,,,,,
"""


BOARD: dict[str, Any] = {
    "id": "b",
    "name": "Payments",
    "lists": [
        {"id": "l2", "name": "Done", "closed": False, "pos": 2},
        {"id": "l1", "name": "To Do", "closed": False, "pos": 1},
        {"id": "l3", "name": "Gone", "closed": True, "pos": 3},
    ],
    "labels": [
        {"id": "r", "name": "bug", "color": "red"},
        {"id": "g", "name": "", "color": "green_dark"},
    ],
    "members": [{"id": "m1", "username": "alice"}, {"id": "m2", "username": "mona"}],
    "checklists": [
        {
            "id": "c1",
            "name": "Checklist",
            "checkItems": [
                {"name": "second", "state": "incomplete", "pos": 2},
                {"name": "first", "state": "complete", "pos": 1},
            ],
        }
    ],
    "cards": [
        {
            "id": "k2",
            "name": "Show fees",
            "idList": "l1",
            "pos": 20,
            "closed": False,
            "idMembers": ["m2"],
            "badges": {"comments": 1},
        },
        {
            "id": "k1",
            "name": "Refund twice",
            "desc": "Why?",
            "idList": "l1",
            "pos": 10,
            "due": "2026-12-01T11:00:00.000Z",
            "idLabels": ["r", "g"],
            "idMembers": ["m1"],
            "idChecklists": ["c1"],
            "attachments": [
                {"url": "https://example.com/a.pdf", "name": "Contract"},
                {"url": "file:///etc/passwd", "name": "No"},
            ],
        },
        {"id": "k3", "name": "Away", "idList": "l2", "pos": 1, "closed": True},
        {"id": "k4", "name": "In a list that is gone", "idList": "l3", "pos": 1},
    ],
    "actions": [
        {
            "type": "commentCard",
            "date": "2026-11-02T10:00:00.000Z",
            "data": {"card": {"id": "k1"}, "text": "Later"},
            "memberCreator": {"id": "m2", "username": "mona"},
        },
        {
            "type": "commentCard",
            "date": "2026-11-01T10:00:00.000Z",
            "data": {"card": {"id": "k1"}, "text": "Earlier"},
            "memberCreator": {"id": "m1", "username": "alice"},
        },
        {"type": "updateCard", "date": "2026-11-01T10:00:00.000Z", "data": {}},
    ],
}


def trello(**changes: Any) -> bytes:
    """The JSON of a board, with other values for some of its fields."""
    return json.dumps(BOARD | changes).encode()


def notes(plan: Plan) -> set[tuple[str, str, int]]:
    """What does not come over, and of how many cards."""
    return {(note.kind, note.about, note.count) for note in plan.notes}
