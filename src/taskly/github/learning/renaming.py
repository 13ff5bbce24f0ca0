"""Following a repository to its new name, and its default branch and visibility."""

from dataclasses import replace

from taskly.github.facts.descriptions import write_identity
from taskly.github.learning.lesson import Lesson
from taskly.github.recording import record_repository, repository_state
from taskly.github.rules.checks import CheckKind
from taskly.github.rules.facts import Told
from taskly.github.urls import branch_url
from taskly.platform.events.log import Stream
from taskly.platform.events.models import StreamKind


async def follow_name(lesson: Lesson) -> None:
    """Write what GitHub says about the repository itself, if that is news."""
    row, identity = lesson.repository, lesson.told.identity
    if identity is None or identity.as_of < row.github_updated_at:
        return
    workspace = Stream(StreamKind.WORKSPACE, row.workspace_id, row.workspace_id)
    await lesson.tx.lock(workspace)
    before = repository_state(row)
    write_identity(row, identity)
    record_repository(lesson.tx, row, before, repository_state(row))
    if lesson.new_name is not None:
        _follow_addresses(lesson)


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
