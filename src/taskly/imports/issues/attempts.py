"""What both jobs of an import of issues do alike: begin, go on page by page, and end where GitHub refuses."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.exc import DBAPIError

from taskly.boards.errors import BoardArchived, ColumnFull, NotOnBoard
from taskly.github import repository as repositories
from taskly.github.errors import REFUSALS, GitHubRateLimited, GitHubUnavailable
from taskly.github.remote.accounts import github_for, person_token
from taskly.github.remote.client import GitHub
from taskly.imports import repository
from taskly.imports.errors import ISSUES_BROKE_OFF
from taskly.imports.issues.plan import IssuesPlan
from taskly.imports.jobs import CarryOutIssues, LookAtIssues
from taskly.imports.models import BoardImport, ImportState
from taskly.platform.db.session import Transaction
from taskly.platform.events.jobs import Death
from taskly.platform.http.problems import Forbidden, NotFound
from taskly.platform.jobs.failures import gave_way
from taskly.platform.jobs.work import Retry, Work

PAGES_AT_A_TIME = 20
"""So many pages in one attempt; then others have their turn."""
AGAIN_AFTER = 10
NOT_CONNECTED = (
    "The repository is not connected to this workspace any more: connect it, and start again."
)

IssuesJob = LookAtIssues | CarryOutIssues


class Superseded(Exception):
    """The import is gone, over, or waits for another job: this one says nothing about it."""


class Refused(Exception):
    """The import can't go on as things are; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Begun:
    """An import of issues that a job is at, with what it knows, and GitHub in the name of who started it."""

    job_id: UUID
    state: ImportState
    row: BoardImport
    plan: IssuesPlan
    github: GitHub
    full_name: str

    @property
    def board_id(self) -> UUID:
        """The board of the cards."""
        if self.row.board_id is None:
            raise NotFound
        return self.row.board_id

    async def lock(self, tx: Transaction) -> BoardImport:
        """The import itself, locked. Boards are locked before it.

        Raises:
            Superseded: it is not for this job to go on.
        """
        row = await repository.import_to_make(tx.session, self.row.id)
        if row is None or row.job_id != self.job_id or row.state is not self.state:
            raise Superseded
        return row

    def keep(self, row: BoardImport) -> None:
        """Store how far it is, with what was done."""
        row.plan = self.plan.model_dump(mode="json")


async def begin(work: Work, job: IssuesJob, state: ImportState) -> Begun:
    """Take an import up, where it was left.

    Raises:
        Superseded: it does not wait for this job.
    """
    async with work.transaction() as tx:
        row = await repository.import_to_make(tx.session, job.import_id, plan=True)
        if row is None or row.plan is None or row.job_id != work.job_id:
            raise Superseded
        if row.state is ImportState.FAILED:
            row.state, row.problem, row.finished_at = state, None, None
        if row.state is not state:
            raise Superseded
        plan = IssuesPlan.model_validate(row.plan)
        connection = await repositories.repository_row(tx.session, plan.wanted.repository_id)
        if connection is None or not connection.active:
            raise Refused(NOT_CONNECTED)
    token = await person_token(work.runtime, job.user_id)
    github = github_for(work.runtime, token, sparing=True)
    return Begun(work.job_id, state, row, plan, github, connection.full_name)


@asynccontextmanager
async def ending_well(work: Work, job: IssuesJob) -> AsyncIterator[None]:
    """Let an import say why it can't go on, where asking again would not help; else put the job off.

    Raises:
        Retry: GitHub's limit is reached, or it asks to be left alone, or others were at work.
    """
    try:
        yield
    except Superseded:
        return
    except (Refused, *REFUSALS, Forbidden, NotFound, BoardArchived, ColumnFull, NotOnBoard) as no:
        await _refuse(work, job, str(no))
    except (GitHubRateLimited, GitHubUnavailable) as error:
        if error.wait_seconds is not None:
            raise Retry(str(error), after=error.wait_seconds) from error
        if not work.last_attempt:
            raise
        await _refuse(work, job, str(error))
    except DBAPIError as error:
        if not gave_way(error):
            raise
        raise Retry("others were at work on its board", after=AGAIN_AFTER) from error


async def _refuse(work: Work, job: IssuesJob, reason: str) -> None:
    async with work.last_transaction(result={"refused": reason}) as tx:
        await _fail(tx, job, work.job_id, reason)


async def note_broken_off(tx: Transaction, job: IssuesJob, death: Death) -> None:
    """The job for which the import waits has died: say so, and let it be started again."""
    await _fail(tx, job, death.job_id, ISSUES_BROKE_OFF)


async def _fail(tx: Transaction, job: IssuesJob, job_id: UUID, reason: str) -> None:
    row = await repository.import_to_make(tx.session, job.import_id, plan=True)
    if row is None or row.job_id != job_id or row.plan is None:
        return
    if row.state in {ImportState.READING, ImportState.STARTED}:
        if row.state is ImportState.STARTED:
            row.receipt = IssuesPlan.model_validate(row.plan).receipt()
        row.fail(reason, tx.now)


def heed_turn(pages: int) -> None:
    """Let others have their turn after so many pages.

    Raises:
        Retry: it is their turn; the import goes on where it was.
    """
    if pages >= PAGES_AT_A_TIME:
        raise Retry("there is more to read", after=0)
