"""What the board of an import has to get before cards can have it, and where on it they go."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from taskly.boards import repository as boards
from taskly.boards.labels import add_labels
from taskly.boards.models import BoardAccess
from taskly.boards.rules import MOST_LABELS
from taskly.boards.schemas import Place
from taskly.cards import placing
from taskly.imports.issues import issue_repository
from taskly.imports.issues.plan import IssuesPlan
from taskly.imports.sources.plan import PlannedLabel, PlannedSprint
from taskly.kit.ranks import MAXIMUM_RANK_LENGTH, ranks_between
from taskly.platform.db.session import Transaction
from taskly.sprints.schemas import CreateSprint
from taskly.sprints.service import create_sprint


async def labels_for(
    tx: Transaction, access: BoardAccess, plan: IssuesPlan, wanted: Sequence[PlannedLabel]
) -> dict[str, UUID]:
    """The labels of a board by the names that issues have for them; missing ones are made, as far as there is room."""
    there = await boards.labels_called(tx.session, access.id, [each.name for each in wanted])
    found = {name: label.id for name, label in there.items()}
    missing = [each for each in wanted if each.name not in found]
    if not missing:
        return found
    room = max(MOST_LABELS - await boards.count_labels(tx.session, access.id), 0)
    for label in missing[room:]:
        plan.note("too_many", "labels", label.name)
    made = await add_labels(tx, access, [(each.name, each.color) for each in missing[:room]])
    plan.account({"labels": len(missing)}, {"labels": len(made)})
    return {**found, **{label.name: label.id for label in made}}


async def sprints_for(
    tx: Transaction, access: BoardAccess, plan: IssuesPlan, wanted: Sequence[PlannedSprint]
) -> dict[str, UUID]:
    """The sprints of a board by the names of milestones; missing ones are made."""
    names = [each.name for each in wanted]
    found = await issue_repository.sprints_called(tx.session, access.id, names)
    for each in wanted:
        if each.name not in found:
            sprint = CreateSprint(name=each.name, starts_on=each.starts_on, ends_on=each.ends_on)
            found[each.name] = (await create_sprint(tx, access, sprint)).id
            plan.account({"sprints": 1}, {"sprints": 1})
    await tx.session.flush()
    return found


async def ranks_at_end(
    tx: Transaction, access: BoardAccess, column_id: UUID, count: int
) -> Iterator[str]:
    """Ranks behind the last card of a column.

    Raises:
        ColumnFull: the column's strict limit has no room for so many.
    """
    await placing.require_room_in(tx, access, column_id, coming=count)
    spot = await placing.find_spot(tx, access, column_id, Place())
    ranks = ranks_between(spot.low, spot.high, count)
    if max(map(len, ranks)) > MAXIMUM_RANK_LENGTH:
        await placing.respace(tx, access, spot)
        return await ranks_at_end(tx, access, column_id, count)
    return iter(ranks)
