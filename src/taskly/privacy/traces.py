"""Taking somebody's login out of texts, out of the log and out of what GitHub told.

This is the one place that changes what was logged: the order, the times and the ids stay, a login in it
becomes nobody's. It is a job, as a lot may have to be looked at: page by page, each in a short transaction.
"""

from collections.abc import AsyncIterator
from uuid import UUID

from sqlalchemy import Table

from taskly.cards.access import open_card_for_taskly
from taskly.cards.events import CardUpdated
from taskly.cards.recording import fields_of, record_change
from taskly.platform.db.session import Transaction
from taskly.platform.events.change import JsonObject
from taskly.platform.jobs.work import Work
from taskly.privacy import github_repository as github
from taskly.privacy import traces_repository as repository
from taskly.privacy.jobs import RemoveTraces
from taskly.privacy.rules import NOBODY, without_login, without_person
from taskly.privacy.traces_repository import Gone
from taskly.workspaces.repository import has_ended

PAGE = 1000


async def remove_everywhere(work: Work, job: RemoveTraces) -> None:
    """Let nothing name the person where programs wrote their login or somebody mentioned them; what people
    say of each other in words of their own stays.
    """
    left = set(job.workspace_ids)
    if not job.found:
        left |= await _workspaces_touched(work, job.user_id)
        left |= await _workspaces_met(work, job.user_id)
    async with work.reading() as session:
        until = await repository.login_taken_at(session, job.user_id, job.login)
    gone = Gone(job.login, until)
    for done, workspace_id in enumerate(sorted(left)):
        await work.progress(done, len(left))
        await _clean(work, workspace_id, job, gone)
        rest: JsonObject = {"found": True, "workspace_ids": sorted(left)[done + 1 :]}
        async with work.transaction() as tx:
            payload = job.model_copy(update=rest).payload()
            await repository.store_payload(tx.session, work.job_id, payload)
    forgotten: JsonObject = {"found": True, "workspace_ids": [], "login": NOBODY}
    async with work.last_transaction() as tx:
        payload = job.model_copy(update=forgotten | {"name_at_github": None}).payload()
        await repository.store_payload(tx.session, work.job_id, payload)


async def _clean(work: Work, workspace_id: UUID, job: RemoveTraces, gone: Gone) -> None:
    await _clean_texts(work, workspace_id, gone)
    # Afterwards, as each change of a text has logged what it said before.
    await _clean_log(work, workspace_id, gone)
    if job.name_at_github is not None:
        await _clean_github(work, workspace_id, gone.login, job.name_at_github)
    await work.in_batches(
        lambda tx: repository.forget_in_import(tx.session, workspace_id, job.user_id), size=1
    )


async def _workspaces_met(work: Work, user_id: UUID) -> set[UUID]:
    """The workspaces that others took the person in or out of."""
    found: set[UUID] = set()
    after: UUID | None = None
    while True:
        async with work.reading() as session:
            page = await repository.workspaces_after(session, after=after, limit=PAGE)
            found |= await repository.joined_among(session, page, user_id)
        if len(page) < PAGE:
            return found
        after = page[-1]


async def _workspaces_touched(work: Work, user_id: UUID) -> set[UUID]:
    """The workspaces in whose log the person did something."""
    found: set[UUID] = set()
    after: UUID | None = None
    while True:
        async with work.reading() as session:
            page = await repository.deeds_of(session, user_id, after=after, limit=PAGE)
        found.update(workspace_id for _, workspace_id in page)
        if len(page) < PAGE:
            return found
        after = page[-1][0]


async def _clean_texts(work: Work, workspace_id: UUID, gone: Gone) -> None:
    """Row by row: whoever holds one row and waits for another may be in somebody's circle."""
    for texts in (repository.CARDS, *repository.OTHERS):
        async for page in _pages(work, texts.table, workspace_id):
            async with work.reading() as session:
                found = await repository.that_may_name(session, texts, page, gone)
            for row_id in found:
                async with work.transaction() as tx:
                    if texts is repository.CARDS:
                        await _clean_card(tx, row_id, gone.login)
                    await repository.clean_row(tx.session, texts, row_id, gone.login)


async def _clean_card(tx: Transaction, card_id: UUID, login: str) -> None:
    """Change a card's texts as Taskly changes anything, so that who looks at its board sees it. One that is
    deleted, or whose workspace is, is on no board.
    """
    access = await open_card_for_taskly(tx, card_id)
    if access is None or await has_ended(tx.session, access.board.workspace_id):
        return
    card, texts = access.card, repository.CARDS
    before = fields_of(card, texts.columns)
    for name in texts.columns:
        setattr(card, name, without_login("card", name, before[name], login))
    record_change(tx, card, CardUpdated, before, fields_of(card, texts.columns))
    await tx.session.flush()


async def _clean_log(work: Work, workspace_id: UUID, gone: Gone) -> None:
    last = None
    while True:
        async with work.transaction() as tx:
            page = await repository.changes_after(
                tx.session, workspace_id, gone, after=last, limit=PAGE
            )
            changed = {
                each.id: cleaned
                for each in page
                if each.data is not None
                and (cleaned := without_person(each.data, gone.login)) != each.data
            }
            await repository.store_changes(tx.session, changed)
        if len(page) < PAGE:
            return
        last = page[-1]


async def _clean_github(work: Work, workspace_id: UUID, login: str, name: str) -> None:
    for model in github.MODELS:
        async for page in _pages(work, github.table_of(model), workspace_id):
            async with work.transaction() as tx:
                await github.forget_account(tx.session, model, page, login=login, name=name)


async def _pages(work: Work, table: Table, workspace_id: UUID) -> AsyncIterator[list[UUID]]:
    """The ids of all rows of a workspace."""
    after: UUID | None = None
    while True:
        async with work.reading() as session:
            page = await repository.ids_in(session, table, workspace_id, after=after, limit=PAGE)
        if page:
            yield page
        if len(page) < PAGE:
            return
        after = page[-1]
