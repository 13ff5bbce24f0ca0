"""A file of thousands of cards that becomes a board, beside the bare SQL of the same rows."""

import csv
import io
import random
import time
from uuid import UUID

import asyncpg
from asyncpg import Connection

from benchmarks.board import LOGINS, SENTENCE, Json
from benchmarks.figures import Figure
from benchmarks.large import MULTIPLY, result_of
from benchmarks.scene import Scene

COMMENTS = 4
"""Of each card."""
STATES = ("Backlog", "Doing", "Review", "Done")
MOST_SAMPLES = 3
FILE = {"Content-Type": "application/octet-stream"}

LOG = """
    INSERT INTO events (id, stream_kind, stream_id, version, workspace_id, card_id, type, actor_kind,
        actor_id, operation_id, data, created_at)
    SELECT gen_random_uuid(), 'board', board_id, $2 + number, workspace_id, id, 'card.created', 'user', $3,
        gen_random_uuid(), jsonb_build_object('entity', 'card', 'before', NULL, 'after', to_jsonb(cards)),
        now()
    FROM cards WHERE board_id = $1
"""
SAY = """
    INSERT INTO card_comments (id, workspace_id, card_id, author_id, body, mention_ids, created_at)
    SELECT gen_random_uuid(), cards.workspace_id, cards.id, $2, $3, '{}', now()
    FROM cards, generate_series(1, $4) WHERE cards.board_id = $1
"""
LOG_COMMENTS = """
    INSERT INTO events (id, stream_kind, stream_id, version, workspace_id, card_id, type, actor_kind,
        actor_id, operation_id, data, created_at)
    SELECT gen_random_uuid(), 'board', $1, $2 + row_number() OVER (), said.workspace_id, said.card_id,
        'comment.created', 'user', $3, gen_random_uuid(),
        jsonb_build_object('entity', 'comment', 'before', NULL, 'after', to_jsonb(said)), now()
    FROM card_comments AS said JOIN cards ON cards.id = said.card_id WHERE cards.board_id = $1
"""
HANG = """
    INSERT INTO card_labels (card_id, label_id, workspace_id)
    SELECT cards.id, labels.id, cards.workspace_id
    FROM cards JOIN labels ON labels.board_id = cards.board_id
    WHERE cards.board_id = $1
"""
LABELS = 3
COUNT = "SELECT count(*) FROM cards WHERE board_id = $1"


async def measure_bringing(scene: Scene) -> list[Figure]:
    """The time until a file is shown as what it would become, and until its board is there."""
    cards, samples = scene.effort.cards, min(scene.effort.samples, MOST_SAMPLES)
    content = _file(cards)
    shown, made, taken, bare = [], [], [], []
    connection = await asyncpg.connect(scene.site.environment["DATABASE_URL"])
    try:
        for number in range(samples):
            began = time.perf_counter()
            preview = await _preview(scene, content)
            read = time.perf_counter()
            done = await _make(scene, preview)
            ended = time.perf_counter()
            assert done["receipt"]["differences"] == [], done["receipt"]
            assert done["receipt"]["made"]["cards"] == cards
            assert done["receipt"]["made"]["comments"] == COMMENTS * cards
            shown.append((read - began) * 1000)
            made.append((ended - read) * 1000)
            taken.append(await _take_away(scene, done))
            bare.append(await _bare(scene, connection, number))
    finally:
        await connection.close()
    return [
        Figure(name=f"File of {cards} cards, shown as what it would become", unit="ms", ours=shown),
        Figure(
            name="The same file made a board, by a job",
            unit="ms",
            ours=made,
            beside="cards with labels, people and comments, and their log, in SQL",
            peer=bare,
        ),
        Figure(name="That board taken away again", unit="ms", ours=taken),
    ]


def _file(cards: int) -> bytes:
    choice, text = random.Random(cards), io.StringIO()
    table = csv.writer(text)
    table.writerow(
        ("Summary", "Status", "Description", *["Labels"] * LABELS, "Assignee", "Story Points")
        + ("Comment",) * COMMENTS
    )
    for number in range(cards):
        table.writerow(
            (
                f"Card {number} of a file",
                choice.choice(STATES),
                SENTENCE * choice.randint(4, 16),
                *(f"label {each}" for each in choice.sample(range(12), LABELS)),
                choice.choice(LOGINS),
                choice.randint(1, 8),
                *(SENTENCE for _ in range(COMMENTS)),
            )
        )
    return text.getvalue().encode()


async def _preview(scene: Scene, content: bytes) -> Json:
    path = f"/workspaces/{scene.member.workspace_id}/imports"
    response = await scene.member.client.post(
        path, params={"source": "jira", "file_name": "cards.csv"}, content=content, headers=FILE
    )
    assert response.status_code == 201, response.text
    preview: Json = response.json()
    return preview


async def _make(scene: Scene, preview: Json) -> Json:
    path = f"/workspaces/{scene.member.workspace_id}/imports/{preview['id']}"
    started = await scene.member.post(f"{path}/start?again=true", {})
    await result_of(scene, started["job_id"])
    done: Json = await scene.member.get(path)
    assert done["state"] == "done", done["problem"]
    return done


async def _take_away(scene: Scene, done: Json) -> float:
    """Milliseconds until the board is gone with all that came."""
    path = f"/workspaces/{scene.member.workspace_id}/imports/{done['id']}"
    began = time.perf_counter()
    response = await scene.member.client.delete(path)
    ended = time.perf_counter()
    assert response.status_code == 204, response.text
    return (ended - began) * 1000


async def _bare(scene: Scene, connection: Connection, number: int) -> float:
    """Milliseconds that PostgreSQL needs for as many cards with as many labels, two people, comments and what is logged."""
    member, cards = scene.member, scene.effort.cards
    board = await member.post(
        f"/workspaces/{member.workspace_id}/boards",
        {"name": "Bare", "key": f"BARE{number}", "template": "blank"},
    )
    for label in range(LABELS):
        body = {"name": f"label {label}", "color": "#d73a4a"}
        await member.post(f"/boards/{board['id']}/labels", body)
    columns = (await member.get(f"/boards/{board['id']}"))["columns"]
    model, target, column = UUID(scene.board["id"]), UUID(board["id"]), UUID(columns[0]["id"])
    logged, author = board["version"] + 1 + LABELS, UUID(member.user_id)
    began = time.perf_counter()
    async with connection.transaction():
        await connection.execute(MULTIPLY, model, target, column, cards)
        await connection.execute(HANG, target)
        await connection.execute(SAY, target, author, SENTENCE, COMMENTS)
        await connection.execute(LOG, target, logged, author)
        await connection.execute(LOG_COMMENTS, target, logged + cards, author)
    ended = time.perf_counter()
    assert await connection.fetchval(COUNT, target) == cards
    return (ended - began) * 1000
