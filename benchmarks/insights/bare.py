"""The SQL of a person who wants the figures of a chart and nothing besides: no days without any, no words, no names."""

FLOW = """
    SELECT days.day, change.column_id, sum(change.cards) FROM (
        SELECT $2::date - 27 + n AS day FROM generate_series(0, 27) AS n
    ) AS days JOIN flow_days AS change ON change.day <= days.day AND change.board_id = $1 AND change.scope = 'board'
    GROUP BY 1, 2
"""
DONE = """
    SELECT percentile_disc(ARRAY[0.5, 0.85, 0.95]) WITHIN GROUP (ORDER BY completed_at - started_at),
        percentile_disc(ARRAY[0.5, 0.85, 0.95]) WITHIN GROUP (ORDER BY completed_at - created_at), count(*)
    FROM card_steps
    WHERE board_id = $1 AND until = 'infinity' AND category = 'done' AND presence IN ('on_board', 'archived')
        AND completed_at >= $2::date - $3::integer + 1
"""
IN_PROGRESS = """
    SELECT card_id, now() - started_at FROM card_steps
    WHERE board_id = $1 AND until = 'infinity' AND category = 'in_progress' AND presence = 'on_board' ORDER BY started_at
"""
THROUGHPUT = """
    SELECT completed_at::date, count(*) FROM card_steps
    WHERE board_id = $1 AND until = 'infinity' AND category = 'done' AND presence IN ('on_board', 'archived')
        AND completed_at >= $2::date - $3::integer + 1
    GROUP BY 1
"""
OPEN = """
    SELECT count(*) FROM card_steps
    WHERE board_id = $1 AND until = 'infinity' AND category IN ('todo', 'in_progress') AND presence = 'on_board'
"""
BURNDOWN = """
    SELECT days.day, count(*) FILTER (WHERE category = 'done'), count(*), sum(points) FROM (
        SELECT $2::timestamptz + n * interval '1 day' AS day FROM generate_series(1, 14) AS n
    ) AS days JOIN card_steps AS step ON step.at < days.day AND step.until >= days.day
    WHERE step.board_id = $1 AND step.sprint_id = $3
    GROUP BY 1
"""
VELOCITY = """
    SELECT step.sprint_id, count(*), sum(points) FROM card_steps AS step
    JOIN unnest($2::uuid[], $3::timestamptz[]) AS sprint (id, ends_at) ON step.sprint_id = sprint.id
    WHERE step.board_id = $1 AND step.at < sprint.ends_at AND step.until >= sprint.ends_at AND step.category = 'done'
    GROUP BY 1
"""
REVIEWS = """
    SELECT percentile_disc(ARRAY[0.5, 0.85, 0.95]) WITHIN GROUP (ORDER BY greatest(first_at - ready_at, interval '0')),
        percentile_disc(ARRAY[0.5, 0.85, 0.95]) WITHIN GROUP (ORDER BY merged_at - ready_at), count(*)
    FROM (
        SELECT DISTINCT ON (pull.id) pull.id, pull.ready_at, pull.merged_at,
            min(review.first_submitted_at) OVER (PARTITION BY pull.id) AS first_at
        FROM pull_requests AS pull JOIN card_pull_requests AS link ON link.pull_request_id = pull.id
        LEFT JOIN pull_request_reviews AS review ON review.pull_request_id = pull.id
            AND review.reviewer_id <> pull.author_id
        WHERE link.board_id = $1 AND pull.merged_at >= $2::date - $3::integer + 1
    ) AS pulls
"""
UNSEEN = """
    SELECT date_trunc('week', pull.merged_at), count(*), count(*) FILTER (WHERE link.id IS NULL) FROM pull_requests AS pull
    LEFT JOIN card_pull_requests AS link ON link.pull_request_id = pull.id AND link.created_at < pull.merged_at
    WHERE pull.workspace_id = (SELECT workspace_id FROM boards WHERE id = $1)
        AND pull.merged_at >= $2::date - $3::integer + 1
    GROUP BY 1
"""
