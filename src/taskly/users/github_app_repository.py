"""The one row that says who this installation's GitHub App is."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from taskly.users.github_app_models import GitHubAppRow


async def app_row(session: AsyncSession) -> GitHubAppRow | None:
    """The app that was made here."""
    return await session.scalar(select(GitHubAppRow))
