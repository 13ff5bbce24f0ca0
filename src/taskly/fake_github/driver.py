"""A driver for the control API: tests and the demonstration make things happen with it.

async with FakeGitHub("http://127.0.0.1:9000") as github:
    octo = await github.create_user("octo-user", email="octo@example.com")
    await github.create_repository("octo-user", "payments")
    await github.push("octo-user/payments", "feature/PAY-1", ["PAY-1 Add refunds"])
    pull = await github.open_pull_request("octo-user/payments", "feature/PAY-1", "PAY-1 Refunds")
    await github.merge("octo-user/payments", pull.number)
    await github.settle()
"""

from taskly.fake_github.driving.apps import Apps
from taskly.fake_github.driving.conditions import Conditions
from taskly.fake_github.driving.control import FakeGitHubError
from taskly.fake_github.driving.issues import Issues
from taskly.fake_github.driving.people import People
from taskly.fake_github.driving.pull_requests import PullRequests
from taskly.fake_github.driving.repositories import Repositories

__all__ = ["FakeGitHub", "FakeGitHubError"]


class FakeGitHub(People, Apps, Repositories, Issues, PullRequests, Conditions):
    """Everything that can be asked of the control API.

    Methods raise `FakeGitHubError` when the fake refuses, with GitHub's own status and words.
    """
