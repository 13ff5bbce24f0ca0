"""Generated workspaces, and how they get into the database."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from hypothesis import strategies as st

from taskly.boards.models import Board, BoardColumn, Label
from taskly.boards.rules import Category
from taskly.cards.models import Card, CardAssignee, CardComment, CardDependency, CardLabel, Priority
from taskly.github.models import (
    BranchState,
    CardBranch,
    CardPullRequest,
    CheckRun,
    GitRepository,
    PullRequestRow,
)
from taskly.github.rules.automation import Category as CategoryName
from taskly.github.rules.automation import (
    write_automation,
)
from taskly.github.rules.checks import CheckKind, ChecksState, CheckState
from taskly.github.rules.facts import PullRequestState
from taskly.github.rules.linking import LinkSource
from taskly.github.rules.reviews import ReviewDecision
from taskly.kit.ids import new_id
from taskly.kit.ranks import spread
from taskly.platform.context import SYSTEM
from taskly.platform.tables import Base
from taskly.search.rules.query import PRIORITIES
from taskly.sprints.models import Sprint
from tests.search.coded import NOW, automation, coded_card
from tests.support.actors import Actor
from tests.support.plain_cards import (
    PlainBoard,
    PlainCard,
    PlainColumn,
    PlainPullRequest,
    PlainSprint,
)
from tests.support.world import World

TODAY = NOW.date()
WORDS = ("refund", "refunds", "payment", "größe", "ошибка", "Возврат", "退款", "bug", "me", "c3")
PEOPLE = ("alice", "bob")
LABELS = ("bug", "UI", "two words", "none")
BOARDS = (("PAY", "Payments", False), ("MOB", "Mobile App", False), ("OLD", "Past", True))
COLUMNS: tuple[tuple[str, CategoryName], ...] = (
    ("To Do", "todo"),
    ("Doing", "in_progress"),
    ("In Review", "in_progress"),
    ("Trying", "in_progress"),
    ("Done", "done"),
    ("Shipped", "done"),
)
SPRINTS = (("Past", -20, -8), ("Now", -3, 9), ("Then", 10, 20), ("Later", 21, 30))


def day(count: int) -> date:
    """A day counted from today."""
    return TODAY + timedelta(days=count)


texts = st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join)
titles = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
days = st.none() | st.integers(-9, 12).map(day)
times = st.integers(-30 * 24, 0).map(lambda hours: NOW + timedelta(hours=hours))
randoms = st.randoms(use_true_random=True)


@st.composite
def plain_boards(draw: st.DrawFn) -> tuple[PlainBoard, ...]:
    """Two boards and an archived one, each with columns and some of the sprints."""
    made = []
    for key, name, is_archived in BOARDS:
        kept = draw(st.sets(st.sampled_from(COLUMNS), min_size=1) | st.just(set(COLUMNS)))
        columns = tuple(
            PlainColumn(new_id(), title, category, rank)
            for (title, category), rank in zip(COLUMNS, spread(len(COLUMNS)), strict=True)
            if (title, category) in kept
        )
        gone = new_id()
        rules = automation(draw(randoms), [*(column.id for column in columns), gone])
        chosen = draw(st.sets(st.sampled_from(SPRINTS)))
        sprints = tuple(
            PlainSprint(new_id(), title, day(begins), day(ends))
            for title, begins, ends in sorted(chosen)
        )
        made.append(PlainBoard(new_id(), key, name, is_archived, columns, gone, rules, sprints))
    return tuple(made)


@st.composite
def decks(draw: st.DrawFn) -> list[PlainCard]:
    """Some cards on these boards, in the order in which they are made."""
    boards = draw(plain_boards())
    count = draw(st.integers(1, 7))
    ranks = spread(count)
    cards = [draw(plain_cards(boards, number + 1, ranks[number])) for number in range(count)]
    for later, card in enumerate(cards):
        for blocker in cards[:later]:
            if blocker.board is card.board and draw(st.booleans()):
                card.blockers.append(blocker)
                blocker.blocks.append(card)
    return cards


@st.composite
def plain_cards(
    draw: st.DrawFn, boards: tuple[PlainBoard, ...], number: int, rank: str
) -> PlainCard:
    """A card with anything on it."""
    coded = coded_card(draw(randoms), boards, number, rank)
    return replace(
        coded,
        title=draw(titles),
        description=draw(texts),
        criteria=draw(texts),
        priority=draw(st.integers(0, len(PRIORITIES) - 1)),
        points=draw(st.none() | st.integers(0, 6)),
        due=draw(days),
        sprint=draw(st.sampled_from((None, *coded.board.sprints))),
        assignees=draw(st.frozensets(st.sampled_from(PEOPLE))),
        labels=draw(st.frozensets(st.sampled_from(LABELS))),
        comments=tuple(draw(st.lists(titles, max_size=2))),
        has_checklist=draw(st.booleans()),
        has_attachments=draw(st.booleans()),
        blockers=[],
        blocks=[],
        created=draw(times),
        updated=draw(times),
        started=draw(st.none() | times),
        completed=draw(st.none() | times),
        archived=draw(st.none() | st.none() | times),
    )


@dataclass(frozen=True, slots=True)
class Place:
    """Where generated cards are put: a workspace with its people, and a repository for pull requests."""

    workspace_id: UUID
    people: dict[str, UUID]
    repository_id: UUID


async def make_place(world: World, alice: Actor, bob: Actor) -> Place:
    """An empty workspace of two people."""
    workspace = await alice.workspace()
    await alice.invite(workspace, bob, "member")
    workspace_id = UUID(workspace["id"])
    repository = GitRepository(
        id=new_id(),
        workspace_id=workspace_id,
        github_id=1,
        owner="octo",
        name="payments",
        default_branch="main",
        private=True,
        github_updated_at=NOW,
    )
    async with world.runtime.database.transaction(SYSTEM) as tx:
        tx.session.add(repository)
    return Place(workspace_id, {"alice": alice.user_id, "bob": bob.user_id}, repository.id)


async def store(world: World, place: Place, cards: list[PlainCard]) -> None:
    """Put generated cards and their boards into the database."""
    rows: list[list[Base]] = [[], [], [], []]
    labels: dict[tuple[UUID, str], UUID] = {}
    for board in {card.board.id: card.board for card in cards}.values():
        _lay_board(place, board, rows, labels)
    for card in cards:
        _lay_card(place, card, rows, labels)
        _lay_talk(place, card, rows)
        _lay_code(place, card, rows)
    async with world.runtime.database.transaction(SYSTEM) as tx:
        for layer in rows:
            tx.session.add_all(layer)
            await tx.session.flush()


def _lay_board(
    place: Place, board: PlainBoard, rows: list[list[Base]], labels: dict[tuple[UUID, str], UUID]
) -> None:
    home = {"workspace_id": place.workspace_id, "board_id": board.id}
    rows[0].append(
        Board(
            id=board.id,
            workspace_id=place.workspace_id,
            name=board.name,
            key=board.key,
            automation=write_automation(board.automation),
            archived_at=NOW if board.is_archived else None,
        )
    )
    for column in board.columns:
        category = Category(column.category)
        rows[1].append(
            BoardColumn(id=column.id, name=column.name, category=category, rank=column.rank, **home)
        )
    rows[1].append(
        BoardColumn(
            id=board.gone_column,
            name="Review of old",
            category=Category.IN_PROGRESS,
            rank="~",
            deleted_at=NOW,
            **home,
        )
    )
    for name in LABELS:
        labels[board.id, name] = new_id()
        rows[1].append(Label(id=labels[board.id, name], name=name, color="#d73a4a", **home))
    for sprint in board.sprints:
        begins, ends = sprint.starts_on, sprint.ends_on
        rows[1].append(
            Sprint(id=sprint.id, name=sprint.name, starts_on=begins, ends_on=ends, **home)
        )


def _lay_card(
    place: Place, card: PlainCard, rows: list[list[Base]], labels: dict[tuple[UUID, str], UUID]
) -> None:
    rows[2].append(
        Card(
            id=card.id,
            workspace_id=place.workspace_id,
            board_id=card.board.id,
            number=card.number,
            column_id=card.column.id,
            rank=card.rank,
            title=card.title,
            description=card.description,
            acceptance_criteria=card.criteria,
            priority=Priority(PRIORITIES[card.priority]),
            story_points=card.points,
            due_date=card.due,
            sprint_id=None if card.sprint is None else card.sprint.id,
            created_at=card.created,
            updated_at=card.updated,
            started_at=card.started,
            completed_at=card.completed,
            archived_at=card.archived,
            version=1,
            comment_count=len(card.comments),
            checklist=[{"text": "step"}] if card.has_checklist else [],
            attachments=[{"url": "x"}] if card.has_attachments else [],
        )
    )
    hanging = {"card_id": card.id, "workspace_id": place.workspace_id}
    rows[3] += [CardAssignee(user_id=place.people[login], **hanging) for login in card.assignees]
    rows[3] += [CardLabel(label_id=labels[card.board.id, name], **hanging) for name in card.labels]


def _lay_talk(place: Place, card: PlainCard, rows: list[list[Base]]) -> None:
    for body in card.comments:
        rows[3].append(
            CardComment(
                id=new_id(),
                workspace_id=place.workspace_id,
                card_id=card.id,
                author_id=place.people["alice"],
                body=body,
                mention_ids=[],
                created_at=NOW,
            )
        )
    home = {"board_id": card.board.id, "workspace_id": place.workspace_id}
    rows[3] += [
        CardDependency(blocked_id=card.id, blocker_id=blocker.id, **home)
        for blocker in card.blockers
    ]


def _lay_code(place: Place, card: PlainCard, rows: list[list[Base]]) -> None:
    hanging = {
        "card_id": card.id,
        "board_id": card.board.id,
        "workspace_id": place.workspace_id,
    }
    for plain in card.pull_requests:
        row = _pull_request(place, plain)
        row.head_branch = f"feature/{card.id}" if plain.from_branch else "other"
        rows[2].append(row)
        rows[3] += [
            _failed_check(place, row, number, at) for number, at in enumerate(plain.failing)
        ]
        rows[3].append(
            CardPullRequest(
                id=new_id(),
                pull_request_id=row.id,
                source=LinkSource.BRANCH,
                closes=plain.closes,
                removed_at=NOW if plain.is_removed else None,
                **hanging,
            )
        )
    if card.branch is not None:
        rows[3].append(
            CardBranch(
                id=new_id(),
                repository_id=place.repository_id,
                name=f"feature/{card.id}",
                url="",
                state=BranchState(card.branch),
                github_updated_at=NOW,
                **hanging,
            )
        )


def _pull_request(place: Place, plain: PlainPullRequest) -> PullRequestRow:
    made = new_id()
    return PullRequestRow(
        id=made,
        workspace_id=place.workspace_id,
        repository_id=place.repository_id,
        github_id=1,
        number=made.int % 2**31 or 1,
        title="",
        body="",
        url="",
        author="octocat",
        state=PullRequestState(plain.state),
        draft=plain.state == "draft",
        was_ready=plain.state != "draft",
        head_branch="",
        head_sha=str(made),
        base_branch=plain.base,
        requested_reviewers=[],
        opened_at=plain.opened,
        merged_at=plain.merged,
        github_updated_at=plain.updated,
        asked=False,
        review_decision=None if plain.review is None else ReviewDecision(plain.review),
        checks=None if plain.checks is None else ChecksState(plain.checks),
        verified_at=NOW,
    )


def _failed_check(place: Place, pull: PullRequestRow, number: int, at: datetime) -> CheckRun:
    return CheckRun(
        id=new_id(),
        workspace_id=place.workspace_id,
        repository_id=place.repository_id,
        head_sha=pull.head_sha,
        kind=CheckKind.STATUS,
        app="",
        name=f"check {number}",
        github_id=1,
        state=CheckState.FAILING,
        github_updated_at=at,
    )
