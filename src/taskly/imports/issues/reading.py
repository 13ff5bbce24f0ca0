"""Seeing what the issues of a repository come to: page by page, keeping counts and names."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from taskly.boards import repository as boards
from taskly.boards.errors import NotOnBoard
from taskly.boards.models import BoardColumn
from taskly.github.remote.issues import IssueObject
from taskly.imports.issues import issue_repository
from taskly.imports.issues.attempts import Begun, Refused, begin, heed_turn
from taskly.imports.issues.drafting import DONE, OPEN, drafted
from taskly.imports.issues.people import people_on
from taskly.imports.issues.plan import Stage, Wanted
from taskly.imports.jobs import LookAtIssues
from taskly.imports.models import BY_COLUMN, LABELS, SPRINTS, BoardImport, ImportState
from taskly.imports.sources.drafting import MOST_PEOPLE
from taskly.imports.sources.plan import MOST_CARDS, Plan
from taskly.platform.jobs.work import Work


async def look(work: Work, job: LookAtIssues) -> None:
    """Read what was not read yet, and show what it comes to.

    Raises:
        Superseded: the import does not wait for this job.
        Refused: there are more than an import takes.
    """
    begun = await begin(work, job, ImportState.READING)
    pages = 0
    while begun.plan.stand.stage is Stage.ISSUES:
        heed_turn(pages)
        await _read_page(work, begun)
        await work.progress(begun.plan.stand.done)
        pages += 1
    async with work.last_transaction() as tx:
        row = await begun.lock(tx)
        await _show(tx.session, begun, row)


async def _read_page(work: Work, begun: Begun) -> None:
    plan, wanted = begun.plan, begun.plan.wanted
    found, following = await begun.github.issues(
        begun.full_name, state=wanted.issues.value, page=plan.stand.page
    )
    async with work.transaction() as tx:
        row = await begun.lock(tx)
        issues = [each for each in found if each.pull_request is None]
        known = await issue_repository.known_issues(
            tx.session, row.workspace_id, wanted.github_id, [each.id for each in issues]
        )
        new = [each for each in issues if each.id not in known]
        people = await people_on(tx.session, row, new)
        page = drafted(begun.full_name, new, people)
        plan.count(_counts(page, new, wanted))
        plan.count(
            {
                "issues": len(issues),
                "pull_requests": len(found) - len(issues),
                "known": len(issues) - len(new),
                "changed": sum(
                    each.id in known and known[each.id].seen_at < each.updated_at for each in issues
                ),
                "deleted": sum(each.is_deleted for each in known.values()),
            }
        )
        plan.meet(page)
        _meet_people(begun, new)
        plan.stand = plan.stand.after(len(issues), following)
        begun.keep(row)
    if plan.counts["cards"] > MOST_CARDS:
        raise Refused(
            f"{begun.full_name} has more than {MOST_CARDS} issues: import only those that are open."
        )


def _counts(page: Plan, new: Sequence[IssueObject], wanted: Wanted) -> dict[str, int]:
    said = sum(each.comments for each in new) if wanted.comments else 0
    closed = sum(each.is_closed for each in new)
    there = page.counts() if new else {"cards": 0}
    kept = {kind: there.get(kind, 0) for kind in ("cards", "links", "card_labels")}
    return {**kept, "closed": closed, "comments": said}


def _meet_people(begun: Begun, new: Sequence[IssueObject]) -> None:
    people = begun.plan.people
    for account in (account for each in new for account in each.assignees or ()):
        if len(people) < MOST_PEOPLE:
            people.setdefault(account.login, account.id)


async def _show(session: AsyncSession, begun: Begun, row: BoardImport) -> None:
    plan, board_id = begun.plan, begun.board_id
    names = [each.name for each in plan.labels.values()]
    there = await boards.labels_called(session, board_id, names)
    sprints = await issue_repository.sprints_called(
        session, board_id, [each.name for each in plan.sprints.values()]
    )
    labels = [each for each in plan.labels.values() if each.name not in there]
    planned = [each for each in plan.sprints.values() if each.name not in sprints]
    columns = await columns_of(session, begun)
    open_cards = plan.counts["cards"] - plan.counts["closed"]
    row.found = {
        **plan.counts,
        "columns": 0,
        "labels": len(labels),
        "sprints": len(planned),
        LABELS: [each.model_dump() for each in labels],
        SPRINTS: [each.model_dump(mode="json") for each in planned],
        BY_COLUMN: [
            _shown(columns[OPEN], open_cards),
            _shown(columns[DONE], plan.counts["closed"]),
        ],
    }
    by_account = await issue_repository.members_with_accounts(
        session, row.workspace_id, plan.people.values()
    )
    found = {login: by_account.get(github_id) for login, github_id in plan.people.items()}
    row.people = {
        login: None if user_id is None else str(user_id) for login, user_id in found.items()
    }
    row.notes = [note.model_dump() for note in plan.notes]
    row.state = ImportState.PREVIEWED
    plan.begin_again()
    begun.keep(row)


async def columns_of(session: AsyncSession, begun: Begun) -> dict[str, BoardColumn]:
    """The columns of the board in which cards are made.

    Raises:
        NotOnBoard: one of them is gone.
    """
    wanted = begun.plan.wanted
    there = {each.id: each for each in await boards.columns_of(session, begun.board_id)}
    ids = {OPEN: wanted.open_column_id, DONE: wanted.done_column_id}
    if not there.keys() >= set(ids.values()):
        raise NotOnBoard("A column that cards were to come into is gone: begin a new import.")
    return {name: there[column_id] for name, column_id in ids.items()}


def _shown(column: BoardColumn, cards: int) -> dict[str, object]:
    return {"name": column.name, "category": column.category.value, "cards": cards}
