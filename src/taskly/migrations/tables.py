"""All tables of Taskly: importing this module is how migrations and tests come to know them."""

from taskly.boards import models as boards
from taskly.cards import models as cards
from taskly.github import base_models as github_bases
from taskly.github import commit_models as github_commits
from taskly.github import delivery_models as github_deliveries
from taskly.github import models as github
from taskly.imports import models as imports
from taskly.insights import models as insights
from taskly.notifications import models as notifications
from taskly.pictures import models as pictures
from taskly.platform.events import models as events
from taskly.platform.tables import Base
from taskly.reports import models as reports
from taskly.search import models as search
from taskly.sprints import models as sprints
from taskly.transfer import models as transfer
from taskly.users import github_app_models as github_app
from taskly.users import models as users
from taskly.webhooks import models as webhooks
from taskly.workspaces import models as workspaces

MODELS = (
    users,
    workspaces,
    boards,
    cards,
    sprints,
    insights,
    github,
    github_app,
    github_bases,
    github_commits,
    github_deliveries,
    search,
    notifications,
    pictures,
    reports,
    webhooks,
    imports,
    transfer,
    events,
)
METADATA = Base.metadata
