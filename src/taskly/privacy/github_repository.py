"""Every query with which somebody is forgotten in what GitHub told."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, Text, cast, func, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.github.commit_models import CommitRow, PullRequestCommit
from taskly.github.delivery_models import DeliveryState, WebhookDelivery
from taskly.github.models import PullRequestReview, PullRequestRow
from taskly.platform.tables import Base
from taskly.privacy.rules import GHOST

Step = tuple[ColumnElement[bool], dict[str, Any]]
"""In which rows what is put."""
_SETTLED = (DeliveryState.PROCESSED, DeliveryState.IGNORED)


MODELS: tuple[type[Base], ...] = (
    PullRequestRow,
    PullRequestReview,
    CommitRow,
    PullRequestCommit,
    WebhookDelivery,
)


def table_of(model: type[Base]) -> Table:
    """The table of what GitHub told."""
    return Base.metadata.tables[model.__tablename__]


async def forget_account(
    session: AsyncSession, model: type[Base], ids: Collection[UUID], *, login: str, name: str
) -> None:
    """Put GitHub's ghost in the place of an account in some rows, and drop deliveries that name it and are
    settled.
    """
    id_ = table_of(model).c.id
    for condition, values in _steps(login, name)[model]:
        await session.execute(
            update(model)
            .where(id_.in_(ids), condition)
            .values(values)
            .execution_options(synchronize_session=False)
        )


def _steps(login: str, name: str) -> dict[type[Base], list[Step]]:
    low = login.lower()
    pull, review = PullRequestRow, PullRequestReview
    ghost: dict[str, Any] = {"reviewer": GHOST, "reviewer_id": -_random(review.id)}
    fork = func.concat(f"{GHOST}/", func.split_part(pull.head_fork, "/", 2))
    fewer = pull.requested_reviewers.op("-")(login)
    named = text("position(:login IN payload) > 0").bindparams(login=login.encode())
    settled = WebhookDelivery.state.in_(_SETTLED)
    return {
        pull: [
            (func.lower(pull.author) == low, {"author": GHOST}),
            (func.lower(pull.merged_by) == low, {"merged_by": GHOST}),
            (func.lower(func.split_part(pull.head_fork, "/", 1)) == low, {"head_fork": fork}),
            (pull.requested_reviewers.op("?")(login), {"requested_reviewers": fewer}),
        ],
        review: [(func.lower(review.reviewer) == low, ghost)],
        **{model: [_by_author(model, low, name)] for model in (CommitRow, PullRequestCommit)},
        WebhookDelivery: [(settled & named, {"payload": None})],
    }


def _by_author(model: type[CommitRow | PullRequestCommit], login: str, name: str) -> Step:
    return (func.lower(model.author).in_([login, name.lower()]), {"author": GHOST})


def _random(row_id: Any) -> ColumnElement[int]:
    """A number that no account at GitHub has, another one in each row."""
    return func.hashtextextended(cast(row_id, Text), 0).op("&")(2**62 - 1) + 1
