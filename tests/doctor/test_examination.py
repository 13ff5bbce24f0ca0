"""The doctor finds what it looks for: each invariant is broken once, and named."""

from collections.abc import Collection

import asyncpg
import pytest
from sqlalchemy import make_url, text

from taskly.doctor.examination import examine
from taskly.doctor.repository import INVARIANTS, broken
from taskly.platform.context import SYSTEM
from taskly.platform.settings import Settings
from tests.support.actors import Actor, Json, expect
from tests.support.database import clone
from tests.support.servers import Servers
from tests.support.world import World

pytestmark = pytest.mark.anyio

WAIT = """
    INSERT INTO card_dependencies (blocked_id, blocker_id, board_id, workspace_id)
    SELECT one.id, other.id, one.board_id, one.workspace_id FROM cards AS one
    JOIN cards AS other ON other.board_id = one.board_id AND {condition}
    WHERE one.board_id = :board
"""
TURN_BACK = """
    INSERT INTO card_dependencies (blocked_id, blocker_id, board_id, workspace_id)
    SELECT :blocked, :blocker, id, workspace_id FROM boards WHERE id = :board
"""
BREAKING = {
    "columns": (
        "ALTER TABLE cards DROP CONSTRAINT fk_cards_column",
        "UPDATE cards SET column_id = id WHERE id = :card",
    ),
    "places": (
        "ALTER TABLE cards DROP CONSTRAINT uq_cards_column_id_rank",
        "UPDATE cards SET rank = 'V' WHERE board_id = :board",
    ),
    "board log": ("DELETE FROM events WHERE stream_id = :board AND version = 2",),
    "charts": ("UPDATE cards SET story_points = 7 WHERE id = :card",),
    "days of charts": (
        """
        INSERT INTO flow_days (board_id, scope, scope_id, day, column_id, category, cards)
        SELECT :board, 'board', :board, '2026-11-23', :card, 'done', 1
        """,
    ),
    "workspace log": ("UPDATE workspaces SET version = version + 1 WHERE id = :workspace",),
    "card versions": (
        """
        UPDATE events SET version = 999 FROM cards WHERE cards.id = :card
            AND events.stream_id = cards.board_id AND events.version = cards.version
        """,
    ),
    "card keys": ("UPDATE boards SET next_card_number = 1 WHERE id = :board",),
    "dependencies": (WAIT.format(condition="other.id <> one.id"),),
    "blockers": (
        WAIT.format(condition="other.id < one.id"),
        """
        UPDATE cards SET deleted_at = now(), archived_at = now()
        WHERE id IN (SELECT blocker_id FROM card_dependencies)
        """,
    ),
    "admins": ("UPDATE workspace_members SET role = 'member' WHERE workspace_id = :workspace",),
    "order of text": ('ALTER TABLE cards ALTER COLUMN rank TYPE varchar(64) COLLATE "default"',),
}

COUNTED = """
    INSERT INTO flow_days (board_id, scope, scope_id, day, column_id, category, cards)
    SELECT board_id, '{scope}', id, '2026-11-23', column_id, 'todo', 1 FROM cards WHERE id = :card
"""
ALSO_BREAKING = (
    ("charts", "UPDATE board_columns SET category = 'done' WHERE category = 'todo'"),
    ("charts", "DELETE FROM card_labels"),
    ("charts", "DELETE FROM card_assignees"),
    ("charts", "UPDATE cards SET archived_at = now() WHERE id = :card"),
    *[
        ("days of charts", COUNTED.format(scope=scope))
        for scope in ("board", "sprint", "label", "assignee")
    ],
    ("days of charts", "UPDATE card_steps SET label_ids = '{}'"),
    ("days of charts", "UPDATE card_steps SET assignee_ids = '{}'"),
)


@pytest.fixture
async def board(alice: Actor) -> Json:
    """A board with two cards, whose charts were looked at."""
    board = await alice.board(await alice.workspace())
    path = f"/boards/{board['id']}/labels"
    label = expect(await alice.post(path, json={"name": "mobile", "color": "#d73a4a"}), 201)
    await alice.card(board, "one", label_ids=[label["id"]], assignee_ids=[str(alice.user_id)])
    await alice.card(board, "two")
    expect(await alice.get(f"/boards/{board['id']}/insights/flow"), 200)
    return await alice.snapshot(board["id"])


async def findings(world: World, names: Collection[str]) -> dict[str, str]:
    """What the doctor says of the data, by invariant."""
    async with world.runtime.database.reading() as session:
        found = {
            each.name: await broken(session, each) for each in INVARIANTS if each.name in names
        }
    return {name: finding.what for name, finding in found.items() if finding is not None}


@pytest.mark.usefixtures("board")
async def test_sound_data_gives_no_finding(world: World) -> None:
    assert await findings(world, BREAKING) == {}


def test_every_invariant_is_broken_once_below() -> None:
    assert sorted(BREAKING) == sorted(each.name for each in INVARIANTS)


@pytest.mark.parametrize("name", BREAKING)
async def test_a_broken_invariant_is_found_and_named(world: World, board: Json, name: str) -> None:
    await assert_found(world, board, name, *BREAKING[name])


@pytest.mark.parametrize(("name", "statement"), ALSO_BREAKING)
async def test_charts_are_compared_by_all_that_they_are_asked_for(
    world: World, board: Json, name: str, statement: str
) -> None:
    await assert_found(world, board, name, statement)


async def assert_found(world: World, board: Json, name: str, *statements: str) -> None:
    """After these statements the doctor says that an invariant does not hold."""
    culprits = {
        "card": board["cards"][0]["id"],
        "board": board["id"],
        "workspace": board["workspace_id"],
    }
    async with world.runtime.database.reading() as session:
        for statement in statements:
            named = {key: value for key, value in culprits.items() if f":{key}" in statement}
            await session.execute(text(statement), named)
        await session.commit()

    found = await findings(world, [name])

    assert name in found
    rule = next(each.rule for each in INVARIANTS if each.name == name)
    assert found[name].startswith(f"It does not hold that {rule}: ")


async def test_circles_of_cards_are_found_on_each_board_and_only_those_in_them_named(
    world: World, alice: Actor
) -> None:
    workspace = await alice.workspace()
    for name in ("One", "Two", "Three"):
        board = await alice.board(workspace, name=name)
        first, second, third = [await alice.card(board, title) for title in ("1", "2", "3")]
        for blocked, blocker in ((first, second), (second, third)):
            path = f"/cards/{blocked['id']}/blockers/{blocker['id']}"
            expect(await alice.request("PUT", path), 200)
        if name != "Two":
            async with world.runtime.database.transaction(SYSTEM) as tx:
                back = {"blocked": third["id"], "blocker": second["id"], "board": board["id"]}
                await tx.session.execute(text(TURN_BACK), back)
    [finding] = (await findings(world, ["dependencies"])).values()
    culprits = finding.removeprefix(
        "It does not hold that no card waits for itself by way of others: "
    )
    assert len(culprits.split(", ")) == 4
    assert await findings(world, ["blockers"]) == {}


async def test_without_servers_the_doctor_says_which_variables_to_set() -> None:
    parts = [part async for part in examine(Settings(_env_file=None))]

    assert [part.part for part in parts] == ["configuration"]
    assert not parts[0].is_sound
    assert "DATABASE_URL" in parts[0].findings[0].what


async def test_a_question_that_fails_is_a_finding_and_the_rest_is_looked_at(
    servers: Servers, template: str, settings: Settings
) -> None:
    async with clone(servers.database_url, template) as url:
        connection = await asyncpg.connect(url)
        await connection.execute("ALTER TABLE boards RENAME COLUMN next_card_number TO other")
        await connection.close()
        # The examination may take longer than requests.
        changed = {"database_url": url, "statement_timeout_seconds": 0.001}

        parts = {part.part: part async for part in examine(settings.model_copy(update=changed))}

    assert [name for name, part in parts.items() if not part.is_sound] == ["queues", "card keys"]
    told = parts["card keys"].findings[0].what
    assert told.startswith("This could not be looked at: ProgrammingError: ")
    assert told.endswith(": column boards.next_card_number does not exist.")
    assert list(parts)[-1] == "order of text"


async def test_a_database_that_is_not_there_is_named(settings: Settings) -> None:
    url = make_url(settings.required_database_url()).set(database="nowhere")
    elsewhere = settings.model_copy(
        update={"database_url": url.render_as_string(hide_password=False)}
    )

    parts = {part.part: part async for part in examine(elsewhere)}

    assert not parts["database"].is_sound
    assert parts["database"].findings[0].what.endswith(': database "nowhere" does not exist.')
