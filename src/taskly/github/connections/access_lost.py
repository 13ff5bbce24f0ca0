"""What becomes of a connection when GitHub does not let its account in any more.

It is noted once and told to the admins and to whoever connected it. From then on nothing is asked in that
person's name until they have signed in again, or another admin has taken the connection over: a token that was
refused is not tried over and over.
"""

from datetime import datetime, timedelta

from taskly.github import repository
from taskly.github.alerts import raise_alert
from taskly.github.errors import (
    AppShutOut,
    GitHubNotFound,
    GitHubScopesMissing,
    GitHubTokenMissing,
    GitHubTokenRefused,
)
from taskly.github.models import Alert, GitRepository, Health, Via
from taskly.github.recording import record_repository, repository_state
from taskly.platform.db.session import Transaction
from taskly.platform.events.log import Stream
from taskly.platform.events.models import StreamKind
from taskly.platform.http.problems import Problem
from taskly.platform.jobs.work import Work
from taskly.users import repository as users

REFUSED_FOR = timedelta(hours=6)
"""So long a refusal counts, though nobody signed in: then it is tried once more, if only to be sure."""
WITHOUT_TOKEN = (GitHubTokenMissing, GitHubTokenRefused, GitHubScopesMissing)
_LOST = (*WITHOUT_TOKEN, GitHubNotFound)


async def still_refused(work: Work, row: GitRepository) -> bool:
    """Whether GitHub refused the person's access lately, and they have not changed anything since.

    Whether the operator's own access was renewed can't be told, so that is tried again.
    """
    if row.refused_at is None or row.refused_at + REFUSED_FOR <= work.runtime.clock.now():
        return False
    async with work.reading() as session:
        changed_at = await repository.person_changed_at(session, row.connected_by)
    return changed_at is not None and changed_at <= row.refused_at


async def note_problem(
    work: Work, known: GitRepository, problem: Problem, *, asked_at: datetime
) -> None:
    """Show on a connection what is wrong with it, if it is still one; `asked_at` is when access was looked for.

    `known` is the connection as it was then: what was wrong with an account is not said of the next one that stands
    behind it.
    """
    async with work.transaction() as tx:
        row = await repository.lock_repository(tx.session, known.id)
        if row is None or not row.active or row.gone_at is not None or not _is_same(row, known):
            return
        if row.via is Via.APP and isinstance(problem, GitHubNotFound):
            problem = AppShutOut(not_chosen(row))
        if isinstance(problem, AppShutOut):
            await shut_out(tx, row, str(problem))
            return
        if row.via is Via.TOKEN and isinstance(problem, WITHOUT_TOKEN):
            row.refused_at = asked_at
        shown = await _for_all_admins(tx, row, problem)
        is_news = (row.health, row.problem) != (Health.FAILING, shown)
        await set_health(tx, row, Health.FAILING, shown)
        if is_news and isinstance(problem, _LOST):
            _alert(tx, row, Alert.ACCESS_LOST)


async def _for_all_admins(tx: Transaction, row: GitRepository, problem: Problem) -> str:
    """What is wrong, where not only the person reads it whose access it is about."""
    if row.via is Via.APP or not isinstance(problem, WITHOUT_TOKEN):
        return str(problem)
    person = await users.user(tx.session, row.connected_by) if row.connected_by else None
    whose = "of whoever connected" if person is None else f"of {person.login}, who connected"
    return (
        f"{problem} This is about the access {whose} {row.full_name}; another admin who administers it at GitHub can "
        "reconnect it instead."
    )


def _is_same(row: GitRepository, known: GitRepository) -> bool:
    """Whether a connection acts in the same name as before."""
    return (row.connected_by, row.installation_id) == (known.connected_by, known.installation_id)


async def shut_out(tx: Transaction, row: GitRepository, problem: str) -> None:
    """Show on a locked connection that the app may not do there what it has to, and have its admins told once."""
    if (row.health, row.problem) == (Health.FAILING, problem):
        return
    await set_health(tx, row, Health.FAILING, problem)
    _alert(tx, row, Alert.APP_SHUT_OUT)


def not_chosen(row: GitRepository) -> str:
    """What is wrong where the app is installed and does not see the repository."""
    return (
        f"The GitHub App does not see {row.full_name} any more. Choose the repository at GitHub, in the settings of "
        "the app's installation."
    )


def _alert(tx: Transaction, row: GitRepository, alert: Alert) -> None:
    raise_alert(
        tx,
        workspace_id=row.workspace_id,
        repository_id=row.id,
        alert=alert,
        detail=row.problem or "",
    )


async def set_health(
    tx: Transaction, row: GitRepository, health: Health, problem: str | None
) -> None:
    """Show how a locked connection is doing."""
    if health is Health.HEALTHY:
        row.refused_at = None
    if (row.health, row.problem) == (health, problem):
        return
    await tx.lock(workspace_stream(row))
    before = repository_state(row)
    row.health, row.problem = health, problem
    record_repository(tx, row, before, repository_state(row))


def workspace_stream(row: GitRepository) -> Stream:
    """The stream in which a connection's changes are recorded."""
    return Stream(StreamKind.WORKSPACE, row.workspace_id, row.workspace_id)
