"""Making cards of issues: a page in a transaction, with the mark of how far it is, so that each issue comes once.

The board is locked for a page at a time, and others work on it in between. What comes is accounted for in the
transaction that brings it, by what its rows then say.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from uuid import UUID

from taskly.boards.access import open_board_to_change
from taskly.boards.models import BoardAccess
from taskly.cards import repository as cards_repository
from taskly.cards.models import Card
from taskly.github.remote.issues import IssueCommentObject, IssueObject
from taskly.imports.carrying import MOST_PEOPLE, Making, make_cards
from taskly.imports.issues import commenting, hanging, issue_repository, updating
from taskly.imports.issues.attempts import Begun, begin, heed_turn
from taskly.imports.issues.drafting import DONE, OPEN, drafted
from taskly.imports.issues.people import people_on
from taskly.imports.issues.plan import Stage
from taskly.imports.issues.reading import columns_of
from taskly.imports.jobs import CarryOutIssues
from taskly.imports.models import BoardImport, ImportedIssue, ImportState
from taskly.imports.sources.plan import Plan, PlannedCard
from taskly.platform.context import Actor
from taskly.platform.db.session import Transaction
from taskly.platform.events.auditing import as_noted
from taskly.platform.jobs.statistics import RenewStatistics
from taskly.platform.jobs.work import Work
from taskly.users.principal import Principal


async def carry_out(work: Work, job: CarryOutIssues) -> None:
    """Make what was not made yet.

    Raises:
        Superseded: the import does not wait for this job.
        NotFound, Forbidden, BoardArchived: who started it may not change the board any more.
        NotOnBoard, ColumnFull: a column that cards were to come into is gone, or full.
    """
    begun = await begin(work, job, ImportState.STARTED)
    async with as_noted(work.reading, job.user_id, job.import_id):
        pages = 0
        while begun.plan.stand.stage is not Stage.END:
            heed_turn(pages)
            await _carry_page(work, job, begun)
            await work.progress(begun.plan.stand.done, begun.row.counts.get("issues"))
            pages += 1
        await _finish(work, job, begun)


async def _carry_page(work: Work, job: CarryOutIssues, begun: Begun) -> None:
    plan, wanted = begun.plan, begun.plan.wanted
    issues: list[IssueObject] = []
    comments: list[IssueCommentObject] = []
    if plan.stand.stage is Stage.ISSUES:
        found, following = await begun.github.issues(
            begun.full_name, state=wanted.issues.value, page=plan.stand.page
        )
        issues = [each for each in found if each.pull_request is None]
    else:
        comments, following = await begun.github.issue_comments(
            begun.full_name, page=plan.stand.page
        )
    async with work.transaction(Actor.user(job.user_id)) as tx:
        access, row = await _open(tx, job, begun)
        await _take_issues(tx, job, begun, access, row, issues)
        await commenting.take(tx, begun, row, comments, job.user_id)
        plan.stand = plan.stand.after(len(issues), following, comments=wanted.comments)
        begun.keep(row)


async def _open(
    tx: Transaction, job: CarryOutIssues, begun: Begun
) -> tuple[BoardAccess, BoardImport]:
    """The board, then the import, both locked."""
    await tx.wait_for_turn(begun.board_id)
    access = await open_board_to_change(tx, Principal(job.user_id), begun.board_id)
    tx.log.reason = {"import": begun.row.id}
    return access, await begun.lock(tx)


async def _take_issues(
    tx: Transaction,
    job: CarryOutIssues,
    begun: Begun,
    access: BoardAccess,
    row: BoardImport,
    issues: Sequence[IssueObject],
) -> None:
    if not issues:
        return
    known = await issue_repository.known_issues(
        tx.session, row.workspace_id, begun.plan.wanted.github_id, [each.id for each in issues]
    )
    people = await people_on(tx.session, row, issues)
    new = [each for each in issues if each.id not in known]
    await _make(tx, begun, access, row, new, people, job.user_id)
    old = [each for each in issues if each.id in known]
    stale = updating.stale(begun, old, known, again=job.again)
    if not stale:
        return
    page = drafted(begun.full_name, stale, people)
    making = await _making(tx, begun, access, page, people, job.user_id)
    await updating.bring_up_to_date(making, begun, page, known)


async def _make(
    tx: Transaction,
    begun: Begun,
    access: BoardAccess,
    row: BoardImport,
    issues: Sequence[IssueObject],
    people: dict[str, UUID],
    author_id: UUID,
) -> None:
    """Make cards of issues that are none yet."""
    if not issues:
        return
    page = drafted(begun.full_name, issues, people)
    making = await _making(tx, begun, access, page, people, author_id)
    sizes = Counter(each.column for each in page.cards)
    ranks: dict[str, Iterator[str]] = {
        name: await hanging.ranks_at_end(tx, access, making.columns[name].id, size)
        for name, size in sizes.items()
    }
    numbers = await cards_repository.take_card_numbers(tx.session, access.id, len(page.cards))
    cards = await make_cards(making, page.cards, numbers, ranks)
    tx.session.add_all(
        _mark(begun, row, card, planned) for card, planned in zip(cards, page.cards, strict=True)
    )
    await tx.session.flush()
    made = await issue_repository.counts_of(tx.session, [card.id for card in cards])
    begun.plan.take(page.notes)
    begun.plan.account(_expected(page, making), made)


def _expected(page: Plan, making: Making) -> dict[str, int]:
    on_cards = ({making.people.get(name) for name in each.people} - {None} for each in page.cards)
    assignees = sum(min(len(each), MOST_PEOPLE) for each in on_cards)
    counts = {**page.counts(), "assignees": assignees}
    return {kind: count for kind, count in counts.items() if kind not in {"columns", "labels"}}


def _mark(begun: Begun, row: BoardImport, card: Card, planned: PlannedCard) -> ImportedIssue:
    if planned.origin is None:
        raise LookupError("a card of an issue has one")
    return ImportedIssue(
        workspace_id=row.workspace_id,
        repository_github_id=begun.plan.wanted.github_id,
        issue_id=planned.origin.id,
        number=planned.origin.number,
        card_id=card.id,
        import_id=row.id,
        seen_at=planned.origin.updated_at,
        comment_id=None,
    )


async def _making(
    tx: Transaction,
    begun: Begun,
    access: BoardAccess,
    page: Plan,
    people: dict[str, UUID],
    author_id: UUID,
) -> Making:
    """The board with what the cards of a page need."""
    columns = await columns_of(tx.session, begun)
    return Making(
        tx,
        access,
        {name: columns[name] for name in (OPEN, DONE)},
        await hanging.labels_for(tx, access, begun.plan, page.labels),
        people,
        author_id,
        await hanging.sprints_for(tx, access, begun.plan, page.sprints),
    )


async def _finish(work: Work, job: CarryOutIssues, begun: Begun) -> None:
    result: dict[str, object] = {}
    async with work.last_transaction(Actor.user(job.user_id), result=result) as tx:
        access, row = await _open(tx, job, begun)
        row.state, row.finished_at = ImportState.DONE, tx.clock.now()
        row.board_version = access.version
        row.receipt = begun.plan.receipt()
        row.notes = [note.model_dump() for note in begun.plan.notes]
        tx.promise(RenewStatistics())
        result |= {"board_id": str(access.id), "receipt": row.receipt}
