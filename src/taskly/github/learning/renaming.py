"""Following a repository to its new name, and its default branch and visibility."""

from dataclasses import replace

from taskly.github.alerts import raise_alert
from taskly.github.facts.descriptions import write_identity
from taskly.github.jobs import ConnectRepository
from taskly.github.learning.lesson import Lesson
from taskly.github.models import Alert, Health
from taskly.github.recording import record_repository, repository_state
from taskly.github.rules.checks import CheckKind
from taskly.github.rules.facts import Told
from taskly.github.urls import branch_url
from taskly.platform.events.log import Stream
from taskly.platform.events.models import StreamKind


async def follow_name(lesson: Lesson) -> None:
    """Write what GitHub says about the repository itself, if that is news."""
    row, identity, new_name = lesson.repository, lesson.identity, lesson.new_name
    if identity is None:
        return
    workspace = Stream(StreamKind.WORKSPACE, row.workspace_id, row.workspace_id)
    await lesson.tx.lock(workspace)
    before = repository_state(row)
    write_identity(row, identity)
    if identity.gone and row.gone_at is None:
        _end_with_repository(lesson)
    elif not identity.gone and row.gone_at is not None:
        _begin_again(lesson)
    record_repository(lesson.tx, row, before, repository_state(row))
    if new_name is not None:
        _follow_addresses(lesson)


def _end_with_repository(lesson: Lesson) -> None:
    """A repository was deleted: nothing more can be asked or told. What is known of it stays on its cards."""
    row, tx = lesson.repository, lesson.tx
    row.gone_at, row.webhook_id, row.next_sync_at = tx.now, None, None
    row.health, row.problem = (
        Health.FAILING,
        (
            f"{row.full_name} was deleted at GitHub. Disconnect it to take its code off the cards; if somebody restores it "
            "at GitHub, reconnect it."
        ),
    )
    raise_alert(
        tx,
        workspace_id=row.workspace_id,
        repository_id=row.id,
        alert=Alert.REPOSITORY_DELETED,
        detail=row.problem,
    )


def _begin_again(lesson: Lesson) -> None:
    """It is there nevertheless, or again: its webhook went with it."""
    row = lesson.repository
    row.gone_at, row.health, row.problem = None, Health.CONNECTING, None
    lesson.tx.promise(ConnectRepository(repository_id=row.id), workspace_id=row.workspace_id)


def at_home(told: Told, web_url: str, full_name: str) -> Told:
    """The same, with addresses of pull requests, reviews and check runs under the repository's present name: what is told
    late bears the name of then."""

    def moved(url: str | None) -> str | None:
        return url and _moved(url, web_url, full_name)

    return replace(
        told,
        pull_requests=tuple(
            replace(pull, url=_moved(pull.url, web_url, full_name)) for pull in told.pull_requests
        ),
        reviews=tuple(replace(review, url=moved(review.url)) for review in told.reviews),
        checks=tuple(
            replace(check, url=moved(check.url)) if check.kind is CheckKind.CHECK_RUN else check
            for check in told.checks
        ),
    )


def _moved(url: str, web_url: str, full_name: str) -> str:
    """An address in a repository at GitHub, under another name of that; others stay."""
    parts = url.removeprefix(f"{web_url}/").split("/", 2)
    if not url.startswith(f"{web_url}/") or len(parts) < 3:
        return url
    return f"{web_url}/{full_name}/{parts[2]}"


def _follow_addresses(lesson: Lesson) -> None:
    web_url, full_name = lesson.settings.github_web_url, lesson.repository.full_name
    for number, pull in lesson.settled.items():
        lesson.settled[number] = replace(pull, url=_moved(pull.url, web_url, full_name))
    for review in lesson.reviews.values():
        review.url = review.url and _moved(review.url, web_url, full_name)
    for check in lesson.checks.values():
        if check.kind is CheckKind.CHECK_RUN:
            check.url = check.url and _moved(check.url, web_url, full_name)
    for branch in lesson.branches.values():
        branch.url = branch_url(web_url, full_name, branch.name)
