"""What people can see and change of themselves."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from taskly.platform.db.session import Transaction
from taskly.platform.http.problems import NotSignedIn
from taskly.users import repository
from taskly.users.models import User


async def read(session: AsyncSession, user_id: UUID) -> User:
    """The person's profile.

    Raises:
        NotSignedIn: the person was deleted meanwhile.
    """
    user = await repository.user(session, user_id)
    if user is None:
        raise NotSignedIn
    return user


async def rename(tx: Transaction, user_id: UUID, name: str) -> User:
    """Give the person another name, which signing in with GitHub will not overwrite.

    Raises:
        NotSignedIn: the person was deleted meanwhile.
    """
    user = await repository.lock_user(tx.session, user_id)
    if user is None:
        raise NotSignedIn
    if name != user.name:
        user.name = name
        user.name_chosen = True
        user.updated_at = tx.now
    return user
