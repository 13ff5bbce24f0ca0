"""Who the accounts of issues are here."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from taskly.github.remote.issues import IssueObject
from taskly.imports import repository
from taskly.imports.issues import issue_repository
from taskly.imports.models import BoardImport


async def people_on(
    session: AsyncSession, row: BoardImport, issues: Iterable[IssueObject]
) -> dict[str, UUID]:
    """The members for the accounts that issues are assigned to, by their logins.

    The importer's word counts; of accounts of which there is none, whoever signed in here with the account.
    """
    accounts = {each.login: each.id for issue in issues for each in issue.assignees or ()}
    by_account = await issue_repository.members_with_accounts(
        session, row.workspace_id, accounts.values()
    )
    chosen = _chosen(row.people)
    wanted = {
        login: chosen[login] if login in chosen else by_account.get(github_id)
        for login, github_id in accounts.items()
    }
    named = [user_id for user_id in wanted.values() if user_id is not None]
    here = await repository.members_among(session, row.workspace_id, named)
    return {login: user_id for login, user_id in wanted.items() if user_id in here and user_id}


def _chosen(people: Mapping[str, str | None]) -> dict[str, UUID | None]:
    return {login: None if each is None else UUID(each) for login, each in people.items()}
