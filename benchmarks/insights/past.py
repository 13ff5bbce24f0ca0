"""Five years of a board, written into its log by SQL: what no generator through the API would finish."""

from uuid import UUID

from asyncpg import Connection

WORKSPACE_ID = UUID("5f0c3c1e-0000-4000-8000-000000000001")
BOARD_ID = UUID("5f0c3c1e-0000-4000-8000-000000000002")
YEARS = 5
SPRINTS = YEARS * 26

_HEADS = (
    "INSERT INTO workspaces (id, name) VALUES ($2, 'Bench')",
    "INSERT INTO boards (id, workspace_id, name, key, next_card_number) VALUES ($1, $2, 'Past', 'PAST', 1)",
)

# md5 makes ids that every statement knows: of columns, sprints, labels, people and cards.
_BOARD = f"""
    INSERT INTO events (id, stream_kind, stream_id, version, workspace_id, type, actor_kind, operation_id, data, created_at)
    SELECT gen_random_uuid(), 'board', $1, row_number() OVER (ORDER BY kind, n), $2, kind || '.created', 'system',
        gen_random_uuid(), jsonb_build_object('entity', kind, 'id', md5(kind || n)::uuid, 'before', NULL, 'after', data),
        now() - interval '{YEARS} years 1 day'
    FROM (
        SELECT 'column' AS kind, n, jsonb_build_object('name', 'Column ' || n, 'rank', 'a' || n, 'category',
            CASE WHEN n < 2 THEN 'todo' WHEN n < 4 THEN 'in_progress' ELSE 'done' END) AS data
        FROM generate_series(0, 4) AS n
        UNION ALL
        SELECT 'sprint', n, jsonb_build_object('name', 'Sprint ' || n,
            'starts_on', (now() - interval '{YEARS} years')::date + 14 * n, 'ends_on', (now() - interval '{YEARS} years')::date + 14 * n + 13)
        FROM generate_series(0, {SPRINTS}) AS n
    ) AS things
"""

# Twenty changes a card. Every twentieth card stays in the backlog, every tenth is reopened, and whatever would lie
# ahead has not happened: so some thousand cards are open.
_CARDS = f"""
    INSERT INTO events (
        id, stream_kind, stream_id, version, workspace_id, card_id, type, actor_kind, operation_id, data, created_at
    )
    SELECT gen_random_uuid(), 'board', $1, {SPRINTS} + 6 + row_number() OVER (ORDER BY at, card, step), $2, md5('card' || card)::uuid,
        CASE WHEN step = 0 THEN 'card.created' ELSE 'card.updated' END, 'user', gen_random_uuid(),
        jsonb_build_object('entity', 'card', 'id', md5('card' || card)::uuid,
            'before', CASE WHEN step > 0 THEN '{{"title": "before"}}'::jsonb END, 'after', after), at
    FROM (
        SELECT card, step, made + step * (interval '5 hours' + (card % 17) * interval '1 hour') AS at,
            CASE step
                WHEN 0 THEN jsonb_build_object('title', 'Card ' || card, 'description', repeat('text ', 40),
                    'column_id', md5('column0')::uuid, 'story_points', NULL, 'sprint_id', NULL, 'created_at', made,
                    'assignee_ids', '[]'::jsonb, 'label_ids', jsonb_build_array(md5('label' || card % 8)::uuid))
                WHEN 2 THEN jsonb_build_object('story_points', card % 8)
                WHEN 3 THEN jsonb_build_object('sprint_id', md5('sprint' || sprint)::uuid)
                WHEN 4 THEN jsonb_build_object('assignee_ids', jsonb_build_array(md5('person' || card % 12)::uuid))
                WHEN 6 THEN jsonb_build_object('column_id', md5('column2')::uuid, 'started_at', made + step * interval '6 hours')
                WHEN 8 THEN jsonb_build_object('story_points', 1 + card % 8)
                WHEN 9 THEN jsonb_build_object('column_id', md5('column3')::uuid)
                WHEN 10 THEN jsonb_build_object('assignee_ids',
                    jsonb_build_array(md5('person' || card % 12)::uuid, md5('person' || (card + 5) % 12)::uuid))
                WHEN 11 THEN jsonb_build_object('column_id', md5('column4')::uuid)
                WHEN 12 THEN CASE WHEN card % 10 = 0 THEN jsonb_build_object('column_id', md5('column2')::uuid, 'completed_at', NULL)
                    ELSE jsonb_build_object('label_ids', jsonb_build_array(md5('label' || card % 8)::uuid, md5('label' || card % 3)::uuid)) END
                WHEN 14 THEN CASE WHEN card % 10 = 0 THEN jsonb_build_object('column_id', md5('column4')::uuid)
                    ELSE jsonb_build_object('description', repeat('text ', 50)) END
                ELSE jsonb_build_object('title', 'Card ' || card || ', ' || step)
            END AS after
        FROM (
            SELECT card, now() - interval '{YEARS} years' + card * (interval '{YEARS} years' / $3::integer) AS made,
                least({SPRINTS}, card * {SPRINTS} / $3::integer + 1) AS sprint
            FROM generate_series(1, $3::integer) AS card
        ) AS cards
        CROSS JOIN generate_series(0, 19) AS step
        WHERE card % 20 > 0 OR step < 3
    ) AS changes
    WHERE at < now()
"""

# Two of five cards have a pull request, which was opened when work began and merged before the card was done; every
# eighth began as a draft, every tenth was linked too late, and each has up to three reviews. As many again are on no
# card. Charts need the rows of the cards too, for when they were made.
_REPOSITORY = """
    INSERT INTO git_repositories (id, workspace_id, github_id, owner, name, default_branch, private, webhook_secret,
        permissions, active, health, connected_at, github_updated_at)
    VALUES (md5('repository')::uuid, $1, 1, 'octo', 'past', 'main', false, '', '{}', true, 'healthy',
        now() - interval '4 years', now())
"""
_COLUMN = """
    INSERT INTO board_columns (id, workspace_id, board_id, name, category, rank)
    VALUES (md5('column4')::uuid, $2, $1, 'Column 4', 'done', 'a4')
"""
_CARD_ROWS = f"""
    INSERT INTO cards (id, workspace_id, board_id, column_id, number, title, rank, version, updated_at, created_at)
    SELECT md5('card' || card)::uuid, $2, $1, md5('column4')::uuid, card, 'Card ' || card, 'a' || lpad(card::text, 9, '0'), 1, now(),
        now() - interval '{YEARS} years' + card * (interval '{YEARS} years' / $3::integer)
    FROM generate_series(1, $3::integer) AS card WHERE card % 5 < 2
"""
_PULLS = f"""
    INSERT INTO pull_requests (id, workspace_id, repository_id, github_id, number, title, body, url, author, author_id,
        state, draft, was_ready, drafted_at, ready_at, head_branch, head_sha, base_branch, requested_reviewers, opened_at,
        merged_at, github_updated_at, asked, verified_at)
    SELECT md5('pull' || n)::uuid, $1, md5('repository')::uuid, n, n, 'Pull request ' || n, repeat('text ', 40), '',
        'person' || n % 12, n % 12, 'merged', false, true,
        CASE WHEN n % 8 = 0 THEN opened END, opened + CASE WHEN n % 8 = 0 THEN interval '9 hours' ELSE interval '0' END,
        'branch-' || n, md5('head' || n), 'main', '[]', opened, opened + (20 + n % 60) * interval '1 hour', now(), false, now()
    FROM (
        SELECT n, now() - interval '{YEARS} years' + n * (interval '{YEARS} years' / $2::integer) AS opened
        FROM generate_series(1, $2::integer) AS n
    ) AS pulls
"""
_REVIEWS = """
    INSERT INTO pull_request_reviews (id, workspace_id, pull_request_id, reviewer_id, reviewer, state, github_id,
        submitted_at, first_submitted_at)
    SELECT gen_random_uuid(), $1, pull.id, (pull.number + which) % 12, 'person' || (pull.number + which) % 12, 'approved',
        pull.number * 10 + which, pull.opened_at + which * interval '5 hours', pull.opened_at + which * interval '3 hours'
    FROM pull_requests AS pull CROSS JOIN generate_series(1, 3) AS which WHERE which <= pull.number % 4
"""
_LINKS = """
    INSERT INTO card_pull_requests (id, workspace_id, board_id, card_id, pull_request_id, source, closes, created_at)
    SELECT gen_random_uuid(), $2, $1, card.id, pull.id, 'branch', true,
        CASE WHEN pull.number % 10 = 0 THEN pull.merged_at + interval '1 hour' ELSE pull.opened_at END
    FROM (SELECT id, row_number() OVER (ORDER BY number) AS place FROM cards WHERE board_id = $1) AS card
    JOIN pull_requests AS pull ON pull.number = 2 * card.place
"""
_VERSION = (
    "UPDATE boards SET version = (SELECT count(*) FROM events WHERE stream_id = $1) WHERE id = $1"
)


async def write_past(connection: Connection, cards: int) -> int:
    """Write the log of a board with so many cards; how many changes it has."""
    await connection.execute(_HEADS[0].replace("$2", "$1"), WORKSPACE_ID)
    await connection.execute(_HEADS[1], BOARD_ID, WORKSPACE_ID)
    await connection.execute(_BOARD, BOARD_ID, WORKSPACE_ID)
    await connection.execute(_CARDS, BOARD_ID, WORKSPACE_ID, cards)
    await connection.execute(_VERSION, BOARD_ID)
    await connection.execute("VACUUM ANALYZE events")
    await _write_pull_requests(connection, cards)
    version: int = await connection.fetchval("SELECT version FROM boards WHERE id = $1", BOARD_ID)
    return version


async def _write_pull_requests(connection: Connection, cards: int) -> None:
    await connection.execute(_REPOSITORY, WORKSPACE_ID)
    await connection.execute(_COLUMN, BOARD_ID, WORKSPACE_ID)
    await connection.execute(_CARD_ROWS, BOARD_ID, WORKSPACE_ID, cards)
    await connection.execute(_PULLS, WORKSPACE_ID, cards * 4 // 5)
    await connection.execute(_REVIEWS, WORKSPACE_ID)
    await connection.execute(_LINKS, BOARD_ID, WORKSPACE_ID)
    for table in ("cards", "pull_requests", "pull_request_reviews", "card_pull_requests"):
        await connection.execute(f"VACUUM ANALYZE {table}")
