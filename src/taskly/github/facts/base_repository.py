"""The queries about branches that pull requests are to be merged into, and what is required for that."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.github.base_models import BaseBranchRow
from taskly.github.models import GitRepository, PullRequestRow
from taskly.github.rules.checks import RequiredCheck
from taskly.github.rules.facts import BaseBranch, PullRequestState
from taskly.kit.ids import new_id

_REQUIRED = TypeAdapter(list[RequiredCheck])
Required = dict[str, tuple[RequiredCheck, ...]]
"""What is required, by the name of the branch."""


async def required_checks(
    session: AsyncSession, repository_id: UUID, names: Collection[str]
) -> Required:
    """What some branches require, as far as that is known."""
    if not names:
        return {}
    rows = await session.execute(
        select(BaseBranchRow.name, BaseBranchRow.required_checks).where(
            BaseBranchRow.repository_id == repository_id, BaseBranchRow.name.in_(names)
        )
    )
    return {name: tuple(_REQUIRED.validate_python(written)) for name, written in rows}


async def required_in(
    session: AsyncSession, repository_ids: Collection[UUID]
) -> dict[tuple[UUID, str], tuple[RequiredCheck, ...]]:
    """What the branches of some repositories require, as far as that is known."""
    rows = await session.execute(
        select(
            BaseBranchRow.repository_id, BaseBranchRow.name, BaseBranchRow.required_checks
        ).where(BaseBranchRow.repository_id.in_(repository_ids))
    )
    return {
        (repository_id, name): tuple(_REQUIRED.validate_python(written))
        for repository_id, name, written in rows
    }


async def open_bases(session: AsyncSession, repository_id: UUID, *, limit: int) -> list[str]:
    """The branches that open pull requests are to be merged into."""
    found = await session.scalars(
        select(PullRequestRow.base_branch)
        .where(
            PullRequestRow.repository_id == repository_id,
            PullRequestRow.state.in_([PullRequestState.OPEN, PullRequestState.DRAFT]),
        )
        .distinct()
        .order_by(PullRequestRow.base_branch)
        .limit(limit)
    )
    return list(found)


async def store_base(
    session: AsyncSession, repository: GitRepository, base: BaseBranch, now: datetime
) -> None:
    """Write what a branch requires."""
    written = [{"name": each.name, "app_id": each.app_id} for each in base.required]
    row = {"name": base.name, "required_checks": written, "verified_at": now}
    own = {"id": new_id(), "workspace_id": repository.workspace_id, "repository_id": repository.id}
    await session.execute(
        insert(BaseBranchRow)
        .values(**own, **row)
        .on_conflict_do_update(index_elements=["repository_id", "name"], set_=row)
    )


async def confirm_bases(
    session: AsyncSession, repository_id: UUID, names: Collection[str], now: datetime
) -> None:
    """Note that some branches require what they did."""
    await session.execute(
        update(BaseBranchRow)
        .where(BaseBranchRow.repository_id == repository_id, BaseBranchRow.name.in_(names))
        .values(verified_at=now)
    )
