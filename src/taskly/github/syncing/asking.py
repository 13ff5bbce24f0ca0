"""What is asked of GitHub about a pull request, in the words in which deliveries tell it."""

from datetime import datetime

from taskly.github.remote.client import GitHub
from taskly.github.rules.facts import CommitList, Told


async def whole(github: GitHub, full_name: str, number: int, now: datetime) -> Told:
    """A pull request with its reviews, commits, and the checks of its head commit, as of `now`.

    Raises:
        GitHubNotFound: there is none.
    """
    pull = (await github.pull_request(full_name, number)).facts(asked=True)
    reviews = [review.facts(number) for review in await github.reviews(full_name, number)]
    commits = await github.commits(full_name, number)
    return Told(
        pull_requests=(pull,),
        reviews=tuple(review for review in reviews if review is not None),
        checks=(await checks(github, full_name, pull.head_sha)).checks,
        listed=CommitList(number, tuple(commit.facts() for commit in commits), now),
    )


async def checks(github: GitHub, full_name: str, sha: str) -> Told:
    """The check runs and statuses of a commit."""
    runs = await github.check_runs(full_name, sha)
    statuses = await github.statuses(full_name, sha)
    return Told(
        checks=(*(run.facts() for run in runs), *(status.facts(sha) for status in statuses))
    )
