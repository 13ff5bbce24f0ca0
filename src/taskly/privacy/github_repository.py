"""Every query with which somebody is forgotten in what GitHub told."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, cast, func, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.github.models import (
    CommitRow,
    DeliveryState,
    PullRequestReview,
    PullRequestRow,
    WebhookDelivery,
)
from taskly.platform.tables import Base
from taskly.privacy.rules import GHOST

_SETTLED = (DeliveryState.PROCESSED, DeliveryState.IGNORED)


async def forget_account(
    session: AsyncSession, workspace_ids: Collection[UUID], *, login: str, name: str
) -> None:
    """Put GitHub's ghost in the place of an account, and drop deliveries that name it and are settled."""
    low = login.lower()
    pull, review, commit = PullRequestRow, PullRequestReview, CommitRow
    ghost: dict[str, Any] = {"reviewer": GHOST, "reviewer_id": -_random(review.id)}
    fork = func.concat(f"{GHOST}/", func.split_part(pull.head_fork, "/", 2))
    fewer = pull.requested_reviewers.op("-")(login)
    steps: tuple[tuple[type[Base], ColumnElement[bool], dict[str, Any]], ...] = (
        (pull, func.lower(pull.author) == low, {"author": GHOST}),
        (pull, func.lower(pull.merged_by) == low, {"merged_by": GHOST}),
        (pull, func.lower(func.split_part(pull.head_fork, "/", 1)) == low, {"head_fork": fork}),
        (pull, pull.requested_reviewers.op("?")(login), {"requested_reviewers": fewer}),
        (review, func.lower(review.reviewer) == low, ghost),
        (commit, func.lower(commit.author).in_([low, name.lower()]), {"author": GHOST}),
    )
    for model, condition, values in steps:
        await session.execute(
            update(model)
            .where(Base.metadata.tables[model.__tablename__].c.workspace_id.in_(workspace_ids))
            .where(condition)
            .values(values)
            .execution_options(synchronize_session=False)
        )
    await session.execute(
        update(WebhookDelivery)
        .where(
            WebhookDelivery.workspace_id.in_(workspace_ids),
            WebhookDelivery.state.in_(_SETTLED),
            text("position(:login IN payload) > 0").bindparams(login=login.encode()),
        )
        .values(payload=None)
        .execution_options(synchronize_session=False)
    )


def _random(row_id: Any) -> ColumnElement[int]:
    """A number that no account at GitHub has, another one in each row."""
    return func.hashtextextended(cast(row_id, Text), 0).op("&")(2**62 - 1) + 1
