"""Making the board of an import: all of it, in one transaction with the end of its job.

The board is filled and its log is stored beside its workspace, which is locked only when all of that is there: so
long others make boards and invite people. The people on its cards and the author of its comments are held, but sign
in all the same. One of them who came from GitHub and deletes their account meets the job: they give way while the
board is filled, and at its end one of the two does.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from taskly.boards import repository as boards
from taskly.boards.errors import KeyTaken
from taskly.boards.labels import add_labels
from taskly.boards.models import BoardAccess, BoardColumn
from taskly.boards.service import BoardAside, begin_aside, bring_in
from taskly.cards import batch_repository
from taskly.cards import repository as cards_repository
from taskly.cards import rules as card_rules
from taskly.cards.commenting import add_comments
from taskly.cards.models import Card, Hanging
from taskly.cards.pasting import add_cards
from taskly.cards.recording import record_archiving
from taskly.cards.schemas import MOST_HANGING
from taskly.imports import repository
from taskly.imports.models import BoardImport
from taskly.imports.sources.plan import Plan, PlannedCard
from taskly.kit.ids import new_id
from taskly.kit.ranks import spread
from taskly.platform.db.session import Transaction
from taskly.workspaces.models import Role
from taskly.workspaces.repository import outsiders_among

CARDS_AT_A_TIME = 500
MOST_PEOPLE = MOST_HANGING["assignee_ids"]


@dataclass(frozen=True, slots=True)
class Making:
    """A board that cards are being made on."""

    tx: Transaction
    access: BoardAccess
    columns: dict[str, BoardColumn]
    labels: dict[str, UUID]
    people: dict[str, UUID]
    """Those of the file who are members, by the names that the file has for them."""
    author_id: UUID
    sprints: Mapping[str, UUID] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Filled:
    """A board that is whole, and that its workspace does not have yet."""

    aside: BoardAside
    person_ids: list[UUID]
    """Who is on its cards."""
    receipt: dict[str, object]


Progress = Callable[[int, int], Awaitable[None]]
"""Told how many cards of how many are made."""


async def fill_board(
    tx: Transaction, begun: BoardImport, user_id: UUID, progress: Progress
) -> Filled:
    """Make the board with its log, while its workspace is free. Comments are by the user who started it.

    Foreign keys hold the people on its cards and the author of its comments from now on (`FOR KEY SHARE`).

    Raises:
        KeyTaken: another board has or had the key that it is to have.
    """
    plan = Plan.model_validate(begun.plan)
    tx.log.reason = {"import": begun.id}
    aside = await begin_aside(
        tx,
        begun.workspace_id,
        name=begun.board_name,
        key=begun.board_key,
        columns=[(each.name, each.category) for each in plan.columns],
    )
    making = await _begin(tx, begun, plan, aside, user_id)
    await _add_cards(making, plan.cards, progress)
    await tx.store_log(aside.board.id)
    receipt = await _receipt(tx, begun, plan, aside.board.id)
    return Filled(aside, list(making.people.values()), receipt)


async def show_board(tx: Transaction, filled: Filled, row: BoardImport) -> bool:
    """Let the workspace have the board, and write the receipt; it and the import, `row`, are locked by now.

    False if somebody who is on its cards has left meanwhile, or its key is another board's: make it again.
    """
    board = filled.aside.board
    if await outsiders_among(tx.session, row.workspace_id, filled.person_ids):
        return False
    # The workspace hears of it now, and not as of the time when the job began.
    tx.log.at = tx.clock.now()
    try:
        await bring_in(tx, filled.aside)
    except KeyTaken:
        return False
    row.board_id, row.board_version = board.id, tx.log.version(board.id)
    row.board_key = board.key
    row.receipt = filled.receipt
    return True


async def _begin(
    tx: Transaction, begun: BoardImport, plan: Plan, aside: BoardAside, author_id: UUID
) -> Making:
    board = aside.board
    access = BoardAccess(
        board.id, board.workspace_id, aside.key, board.version, None, board.wip_policy, Role.MEMBER
    )
    labels = await add_labels(tx, access, [(each.name, each.color) for each in plan.labels])
    columns = {each.name: each for each in await boards.columns_of(tx.session, board.id)}
    wanted = {name: UUID(each) for name, each in begun.people.items() if each is not None}
    here = await repository.members_among(tx.session, begun.workspace_id, wanted.values())
    return Making(
        tx,
        access,
        columns,
        {label.name: label.id for label in labels},
        {name: user_id for name, user_id in wanted.items() if user_id in here},
        author_id,
    )


async def _add_cards(making: Making, planned: Sequence[PlannedCard], progress: Progress) -> None:
    board_id = making.access.id
    numbers = await cards_repository.take_card_numbers(making.tx.session, board_id, len(planned))
    ranks = _ranks(planned)
    for start in range(0, len(planned), CARDS_AT_A_TIME):
        part = planned[start : start + CARDS_AT_A_TIME]
        await make_cards(making, part, numbers[start : start + len(part)], ranks)
        await making.tx.session.flush()
        await progress(start + len(part), len(planned))


async def make_cards(
    making: Making,
    part: Sequence[PlannedCard],
    numbers: Sequence[int],
    ranks: Mapping[str, Iterator[str]],
) -> list[Card]:
    """Make some cards with what hangs on them, at the next ranks of their columns."""
    tx = making.tx
    cards = [
        _card(making, each, number, next(ranks[each.column]))
        for each, number in zip(part, numbers, strict=True)
    ]
    hanging = {card.id: _hanging(making, each) for card, each in zip(cards, part, strict=True)}
    await add_cards(tx, cards, hanging)
    for name in ("assignee_ids", "label_ids"):
        there = {card_id: getattr(each, name) for card_id, each in hanging.items()}
        await batch_repository.add_hanging(tx.session, name, cards, there)
    said = [
        (card, comment.body)
        for card, each in zip(cards, part, strict=True)
        for comment in each.comments
    ]
    await add_comments(tx, said, making.author_id)
    for card, each in zip(cards, part, strict=True):
        if each.archived:
            record_archiving(tx, card, hanging[card.id])
    return cards


def _ranks(planned: Sequence[PlannedCard]) -> dict[str, Iterator[str]]:
    """The places in each column, in the order of the cards."""
    sizes: dict[str, int] = defaultdict(int)
    for card in planned:
        sizes[card.column] += 1
    return {column: iter(spread(size)) for column, size in sizes.items()}


def _card(making: Making, planned: PlannedCard, number: int, rank: str) -> Card:
    tx = making.tx
    column = making.columns[planned.column]
    done_at = planned.closed_at or tx.now
    progress = card_rules.Progress(None, None).entering(column.category, done_at)
    return Card(
        id=new_id(),
        workspace_id=making.access.workspace_id,
        board_id=making.access.id,
        number=number,
        column_id=column.id,
        rank=rank,
        title=planned.title,
        description=planned.description,
        acceptance_criteria=planned.acceptance_criteria,
        priority=planned.priority,
        story_points=planned.story_points,
        due_date=planned.due_date,
        sprint_id=None if planned.sprint is None else making.sprints[planned.sprint],
        checklist=[
            {"id": str(new_id()), "text": step.text, "done": step.done} for step in planned.steps
        ],
        attachments=[
            {"id": str(new_id()), "url": link.url, "title": link.title} for link in planned.links
        ],
        comment_count=len(planned.comments),
        started_at=progress.started_at,
        completed_at=progress.completed_at,
        created_at=planned.created_at or tx.now,
        updated_at=tx.now,
    )


def _hanging(making: Making, planned: PlannedCard) -> Hanging:
    people = {making.people[name] for name in planned.people if name in making.people}
    labels = {making.labels[name] for name in planned.labels if name in making.labels}
    return Hanging(sorted(people)[:MOST_PEOPLE], sorted(labels), [])


async def _receipt(
    tx: Transaction, begun: BoardImport, plan: Plan, board_id: UUID
) -> dict[str, object]:
    """What the file had, with the people as the importer saw them, beside what the board has."""
    expected = plan.counts()
    matched = {name: each for name, each in begun.people.items() if each is not None}
    on_cards = ({matched.get(name) for name in each.people} for each in plan.cards)
    expected["assignees"] = sum(min(len(each - {None}), MOST_PEOPLE) for each in on_cards)
    made = await repository.counts_of(tx.session, board_id)
    differences = [kind for kind, count in expected.items() if made[kind] != count]
    return {"expected": expected, "made": made, "differences": differences}
