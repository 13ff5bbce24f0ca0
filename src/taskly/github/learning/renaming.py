"""Following a repository to its new name, and its default branch and visibility."""

from dataclasses import replace

from taskly.github.learning.lesson import Lesson
from taskly.github.recording import record_repository, repository_state
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
    before, old_page = repository_state(row), _page(lesson)
    row.owner, row.name = identity.owner, identity.name
    row.default_branch, row.private = identity.default_branch, identity.private
    row.github_updated_at = identity.as_of
    record_repository(lesson.tx, row, before, repository_state(row))
    if lesson.new_name is not None:
        _follow_addresses(lesson, old_page)


def _follow_addresses(lesson: Lesson, old_page: str) -> None:
    for number, pull in lesson.settled.items():
        if pull.url.startswith(old_page):
            moved = _page(lesson) + pull.url.removeprefix(old_page)
            lesson.settled[number] = replace(pull, url=moved)
    for branch in lesson.branches.values():
        web_url = lesson.settings.github_web_url
        branch.url = branch_url(web_url, lesson.repository.full_name, branch.name)


def _page(lesson: Lesson) -> str:
    return f"{lesson.settings.github_web_url}/{lesson.repository.full_name}/"
