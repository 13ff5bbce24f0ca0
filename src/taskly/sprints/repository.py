"""Every query about sprints."""

from taskly.boards.repository import SnapshotPart

SPRINTS = SnapshotPart(
    "sprints",
    """
    SELECT json_agg(row_to_json(item) ORDER BY item.starts_on, item.id) FROM (
        SELECT id, name, goal, starts_on, ends_on, capacity
        FROM sprints WHERE board_id = boards.id AND deleted_at IS NULL
    ) AS item
    """,
)
