"""Nobody is told that something was done which PostgreSQL then refused to commit."""

import pytest
from sqlalchemy import text

from taskly.platform.context import SYSTEM
from tests.support.actors import Actor, column
from tests.support.database import RecordingAnnouncer
from tests.support.world import World

pytestmark = pytest.mark.anyio

REFUSE_AT_COMMIT = (
    """
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = '40001'; END $$
    """,
    """
    CREATE CONSTRAINT TRIGGER refusing AFTER INSERT OR UPDATE OR DELETE ON cards
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()
    """,
)


async def test_a_commit_that_fails_is_answered_with_a_problem_and_told_to_nobody(
    real_world: World, real_alice: Actor, announcer: RecordingAnnouncer
) -> None:
    board = await real_alice.board(await real_alice.workspace())
    card = await real_alice.card(board)
    before = await real_alice.snapshot(board["id"])
    done = column(before, "Done")["id"]
    told = len(announcer.recorded)
    async with real_world.runtime.database.transaction(SYSTEM) as tx:
        for statement in REFUSE_AT_COMMIT:
            await tx.session.execute(text(statement))

    answers = [
        await real_alice.post(f"/boards/{board['id']}/cards", json={"title": "New"}),
        await real_alice.patch(f"/cards/{card['id']}", json={"title": "Changed"}),
        await real_alice.post(f"/cards/{card['id']}/move", json={"column_id": done}),
        await real_alice.post(f"/cards/{card['id']}/archive"),
        await real_alice.delete(f"/cards/{card['id']}"),
    ]

    said = [(answer.status_code, answer.json()["code"]) for answer in answers]
    assert said == [(503, "unavailable")] * 5
    assert {answer.headers["retry-after"] for answer in answers} == {"1"}
    assert await real_alice.snapshot(board["id"]) == before
    assert len(announcer.recorded) == told
