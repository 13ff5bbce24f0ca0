"""Models and migrations never drift, and every step can be taken back."""

import asyncio

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from taskly.migrations.tables import METADATA
from taskly.platform.db.engine import engine_at
from taskly.platform.db.migrate import alembic_config
from taskly.platform.db.revisions import MIGRATIONS, known_revisions
from tests.support.database import clone
from tests.support.servers import Servers

pytestmark = pytest.mark.anyio


def drift(connection: Connection) -> list[object]:
    """What autogenerate would write into a new migration."""
    context = MigrationContext.configure(
        connection, opts={"compare_type": True, "compare_server_default": True}
    )
    return list(compare_metadata(context, METADATA))


def names(connection: Connection) -> tuple[list[str], list[str]]:
    """Tables and enum types that are there."""
    inspector = inspect(connection)
    tables = set(inspector.get_table_names()) - {"alembic_version"}
    enums = [enum["name"] for enum in inspector.get_enums()]  # type: ignore[attr-defined]
    return sorted(tables), enums


A_CARD = (
    "INSERT INTO users (id, login, name) VALUES (gen_random_uuid(), 'ann', 'Ann')",
    "INSERT INTO workspaces (id, name, version) VALUES (gen_random_uuid(), 'Payments', 1)",
    (
        "INSERT INTO boards (id, workspace_id, name, key, version) "
        "SELECT gen_random_uuid(), id, 'Payments', 'PAY', 1 FROM workspaces"
    ),
    (
        "INSERT INTO board_columns (id, workspace_id, board_id, name, category, rank) "
        "SELECT gen_random_uuid(), workspace_id, id, 'To Do', 'todo', 'a' FROM boards"
    ),
    (
        "INSERT INTO cards (id, workspace_id, board_id, column_id, number, title, rank, updated_at, version) "
        "SELECT gen_random_uuid(), workspace_id, board_id, id, 1, 'List<alpha>', 'a', now(), 1 FROM board_columns"
    ),
    (
        "INSERT INTO card_comments (id, workspace_id, card_id, author_id, body, mention_ids, created_at) "
        "SELECT gen_random_uuid(), workspace_id, cards.id, users.id, 'in „alpha/beta“', '{}', now() FROM cards, users"
    ),
)
WORDS_OF_A_CARD = (
    "SELECT count(*) FROM cards WHERE search @@ 'alpha'",
    (
        "SELECT count(*) FROM card_comments "
        "WHERE to_tsvector('simple', without_signs(body)) @@ 'alpha <-> beta'"
    ),
)


async def run(url: str, statement: str) -> object:
    """Do one statement; the value that it gives, if any."""
    engine = engine_at(url, server_settings={})
    try:
        async with engine.begin() as connection:
            done = await connection.exec_driver_sql(statement)
            return done.scalar() if done.returns_rows else None
    finally:
        await engine.dispose()


async def ask(url: str, question: object) -> object:
    """Run a synchronous question on a database."""
    engine = engine_at(url, server_settings={})
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(question)  # type: ignore[arg-type]
    finally:
        await engine.dispose()


async def test_models_and_migrations_agree(servers: Servers, template: str) -> None:
    async with clone(servers.database_url, template) as url:
        assert await ask(url, drift) == []


async def test_every_migration_can_be_taken_back_and_applied_again(
    servers: Servers, template: str
) -> None:
    async with clone(servers.database_url, template) as url:
        before = await ask(url, names)
        await asyncio.to_thread(command.downgrade, alembic_config(url), "base")
        assert await ask(url, names) == ([], [])
        await asyncio.to_thread(command.upgrade, alembic_config(url), "head")
        assert await ask(url, names) == before


async def test_cards_that_are_there_get_their_words_anew(servers: Servers, template: str) -> None:
    async with clone(servers.database_url, template) as url:
        await asyncio.to_thread(command.downgrade, alembic_config(url), "0021")
        for statement in A_CARD:
            await run(url, statement)
        await asyncio.to_thread(command.upgrade, alembic_config(url), "head")
        for found in WORDS_OF_A_CARD:
            assert await run(url, found) == 1, found


PULL_REQUESTS = (
    (
        "INSERT INTO git_repositories (id, workspace_id, github_id, owner, name, default_branch, private, webhook_secret, "
        "permissions, active, health, github_updated_at) SELECT gen_random_uuid(), id, 7, 'octo', 'payments', 'main', "
        "false, '', '{}', true, 'healthy', now() FROM workspaces"
    ),
    (
        "INSERT INTO pull_requests (id, workspace_id, repository_id, github_id, number, title, body, url, author, state, "
        "draft, was_ready, head_branch, head_sha, base_branch, requested_reviewers, opened_at, github_updated_at, asked, "
        "verified_at) SELECT gen_random_uuid(), workspace_id, id, number, number, 'Refund', '', '', 'ann', 'open', "
        "false, true, branch, 'a', 'main', '[]', now(), now(), false, now() "
        "FROM git_repositories, (VALUES (1, 'refunds'), (2, 'fixes')) AS given (number, branch)"
    ),
    (
        "INSERT INTO commits (id, workspace_id, repository_id, branch, sha, message, author, committed_at) "
        "SELECT gen_random_uuid(), workspace_id, id, branch, 'a', 'Refund PAY-1', 'ann', now() "
        "FROM git_repositories, (VALUES ('refunds'), ('fixes'), ('others')) AS given (branch)"
    ),
    (
        "INSERT INTO card_pull_requests (id, workspace_id, board_id, card_id, pull_request_id, source, closes) "
        "SELECT gen_random_uuid(), card.workspace_id, card.board_id, card.id, pull.id, 'commit', false "
        "FROM cards card, pull_requests pull WHERE pull.head_branch = 'refunds'"
    ),
)


async def test_pull_requests_that_commits_linked_keep_them(servers: Servers, template: str) -> None:
    async with clone(servers.database_url, template) as url:
        await asyncio.to_thread(command.downgrade, alembic_config(url), "0032")
        for statement in (*A_CARD, *PULL_REQUESTS):
            await run(url, statement)
        await asyncio.to_thread(command.upgrade, alembic_config(url), "head")
        kept = (
            "SELECT string_agg(pull.head_branch || ' ' || own.message, ', ') "
            "FROM pull_request_commits own JOIN pull_requests pull ON pull.id = own.pull_request_id"
        )
        assert await run(url, kept) == "refunds Refund PAY-1"


SUBSCRIPTION = (
    (
        "INSERT INTO workspace_members (workspace_id, user_id, role) "
        "SELECT workspaces.id, users.id, 'member' FROM workspaces, users"
    ),
    (
        "INSERT INTO weekly_subscriptions (user_id, board_id, workspace_id, told_monday, created_at) "
        "SELECT users.id, boards.id, workspace_id, '2026-11-23', now() FROM users, boards"
    ),
)


async def test_who_was_told_of_weeks_gets_the_reports(servers: Servers, template: str) -> None:
    async with clone(servers.database_url, template) as url:
        await asyncio.to_thread(command.downgrade, alembic_config(url), "0039")
        for statement in (*A_CARD[:3], *SUBSCRIPTION):
            await run(url, statement)
        await asyncio.to_thread(command.upgrade, alembic_config(url), "head")
        told = "SELECT told_monday::text FROM report_subscriptions"
        assert await run(url, told) == "2026-11-23"
        await asyncio.to_thread(command.downgrade, alembic_config(url), "0039")
        assert await run(url, told.replace("report", "weekly")) == "2026-11-23"


CONNECTIONS = (
    (
        "INSERT INTO git_repositories (id, workspace_id, github_id, owner, name, default_branch, private, webhook_secret, "
        "permissions, active, health, github_updated_at, created_at) SELECT gen_random_uuid(), id, number, 'octo', name_, "
        "'main', false, '', '{}', true, 'healthy', now(), '2026-01-01Z' FROM workspaces, "
        "(VALUES (7, 'payments'), (8, 'unknown')) AS given (number, name_)"
    ),
    (
        "INSERT INTO events (id, stream_kind, stream_id, version, workspace_id, type, actor_kind, operation_id, data, "
        "created_at) SELECT gen_random_uuid(), 'workspace', workspace_id, version, workspace_id, 'repository.' || verb, "
        "'system', gen_random_uuid(), jsonb_build_object('id', id), day::timestamptz FROM git_repositories, "
        "(VALUES (2, 'connected', '2026-02-01Z'), (3, 'disconnected', '2026-03-01Z'), (4, 'connected', '2026-04-01Z'), "
        "(5, 'disconnected', '2026-05-01Z')) AS given (version, verb, day) WHERE name = 'payments'"
    ),
    (
        "INSERT INTO pull_requests (id, workspace_id, repository_id, github_id, number, title, body, url, author, state, "
        "draft, was_ready, head_branch, head_sha, base_branch, requested_reviewers, opened_at, github_updated_at, asked, "
        "verified_at) SELECT gen_random_uuid(), workspace_id, id, number, number, 'Refund', '', '', 'ann', 'open', "
        "draft, was_ready, number::text, 'a', 'main', '[]', '2026-02-02Z', now(), false, now() FROM git_repositories, "
        "(VALUES (1, false, true), (2, true, true), (3, true, false)) AS given (number, draft, was_ready) "
        "WHERE name = 'payments'"
    ),
)


SINCE_WHEN = {
    (
        "SELECT string_agg(name || ' ' || to_char(connected_at AT TIME ZONE 'UTC', 'DD Mon'), ', ' ORDER BY name) "
        "FROM git_repositories"
    ): "payments 01 Apr, unknown 01 Jan",
    (
        "SELECT string_agg(number || ' ' || coalesce(to_char(ready_at AT TIME ZONE 'UTC', 'DD Mon'), 'never'), ', ' "
        "ORDER BY number) FROM pull_requests"
    ): "1 never, 2 02 Feb, 3 never",
    "SELECT count(drafted_at) FROM pull_requests": 0,
}


async def test_it_is_known_since_when_a_repository_is_connected_and_a_draft_was_ready(
    servers: Servers, template: str
) -> None:
    async with clone(servers.database_url, template) as url:
        await asyncio.to_thread(command.downgrade, alembic_config(url), "0041")
        for statement in (*A_CARD[:2], *CONNECTIONS):
            await run(url, statement)
        await asyncio.to_thread(command.upgrade, alembic_config(url), "head")
        for found, expected in SINCE_WHEN.items():
            assert await run(url, found) == expected


async def test_every_foreign_key_has_an_index_behind_it(servers: Servers, template: str) -> None:
    def missing(connection: Connection) -> list[str]:
        inspector = inspect(connection)
        found = []
        for table in inspector.get_table_names():
            leading = [tuple(index["column_names"]) for index in inspector.get_indexes(table)]
            leading.append(tuple(inspector.get_pk_constraint(table)["constrained_columns"]))
            leading.extend(
                tuple(unique["column_names"]) for unique in inspector.get_unique_constraints(table)
            )
            for key in inspector.get_foreign_keys(table):
                columns = set(key["constrained_columns"])
                if not any(columns == set(index[: len(columns)]) for index in leading):
                    found.append(f"{table}.{key['name']}")
        return found

    async with clone(servers.database_url, template) as url:
        assert await ask(url, missing) == []


def test_revisions_are_known_from_the_names_of_their_files() -> None:
    script = ScriptDirectory(str(MIGRATIONS))
    revisions = [revision.revision for revision in script.walk_revisions()]

    assert list(known_revisions()) == revisions[::-1]
