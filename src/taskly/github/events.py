"""What the log says of repositories, branches and pull requests.

A branch and a pull request are told once for each card that they belong to: the id is the link's, so
that a board's snapshot is the fold of its events.
"""

from taskly.platform.events.change import Change


class RepositoryChange(Change):
    """Something about a connection; in the workspace's stream."""

    entity = "repository"


class RepositoryConnected(RepositoryChange):
    """A repository was connected."""

    type = "repository.connected"


class RepositoryUpdated(RepositoryChange):
    """Its name, its health or something else of it changed."""

    type = "repository.updated"


class RepositoryDisconnected(RepositoryChange):
    """A repository was disconnected."""

    type = "repository.disconnected"


class RepositoryAlerted(Change):
    """Something is wrong with what GitHub tells of a repository: deliveries died, or none come any more."""

    type = "repository.alerted"
    entity = "repository_alert"


class BranchChange(Change):
    """Something about a branch of a card."""

    entity = "branch"


class BranchAdded(BranchChange):
    """A card got a branch: one was asked for, or found by its name."""

    type = "branch.added"


class BranchUpdated(BranchChange):
    """A branch was created, could not be, was deleted, or got another name."""

    type = "branch.updated"


class BranchRemoved(BranchChange):
    """A branch does not belong to the card any more."""

    type = "branch.removed"


class PullRequestChange(Change):
    """Something about a pull request of a card."""

    entity = "pull_request"


class PullRequestLinked(PullRequestChange):
    """A pull request was linked to a card."""

    type = "pull_request.linked"


class PullRequestUpdated(PullRequestChange):
    """A linked pull request changed: state, reviews, checks, or its text."""

    type = "pull_request.updated"


class PullRequestUnlinked(PullRequestChange):
    """A pull request does not belong to the card any more."""

    type = "pull_request.unlinked"


class ReviewRequested(Change):
    """Somebody is asked to review a pull request of a card. The pull request itself is told beside it."""

    type = "pull_request.review_requested"
    entity = "review_request"


class RuleStopped(Change):
    """A rule must not move a card any more."""

    type = "rule.stopped"
    entity = "stopped_rule"


class RuleAllowed(Change):
    """A rule that was stopped may move a card again."""

    type = "rule.allowed"
    entity = "stopped_rule"
