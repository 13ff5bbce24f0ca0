"""How a job ends when GitHub does not do what it asks."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from taskly.github.errors import REFUSALS, GitHubRateLimited, GitHubUnavailable
from taskly.platform.jobs.work import GiveUp, Retry


@asynccontextmanager
async def heeding_github() -> AsyncIterator[None]:
    """End the job where GitHub refuses, and put it off where GitHub asks to be left alone.

    Raises:
        GiveUp: GitHub refuses, and asking again would not help.
        Retry: GitHub's limit is reached, or it asks to be left alone for a while.
    """
    try:
        yield
    except REFUSALS as error:
        raise GiveUp(str(error)) from error
    except (GitHubRateLimited, GitHubUnavailable) as error:
        if error.wait_seconds is not None:
            raise Retry(str(error), after=error.wait_seconds) from error
        raise
