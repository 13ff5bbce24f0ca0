"""The table of contents: all that the application answers."""

from starlette.routing import BaseRoute

from taskly.api import health, pages
from taskly.api.doors import DOORS
from taskly.boards import endpoints as boards
from taskly.cards import board_endpoints as cards_of_boards
from taskly.cards import bulk_endpoints as bulk
from taskly.cards import comment_endpoints as comments
from taskly.cards import endpoints as cards
from taskly.cards import parts_endpoints as parts
from taskly.github import endpoints as github
from taskly.github.app_setup import endpoints as app_setup
from taskly.github.deliveries import endpoints as deliveries
from taskly.github.drifting import endpoints as drifting
from taskly.github.pull_requests import endpoints as pull_requests
from taskly.github.stopping import endpoints as stopping
from taskly.github.syncing import endpoints as syncing
from taskly.github.trying import endpoints as trying
from taskly.history import endpoints as history
from taskly.imports import endpoints as imports
from taskly.insights import endpoints as insights
from taskly.notifications import endpoints as notifications
from taskly.notifications import subscription_endpoints as subscriptions
from taskly.notifications import unsubscribe_endpoints as unsubscribing
from taskly.pictures import endpoints as pictures
from taskly.pictures import link_endpoints as picture_links
from taskly.pictures import shown_endpoints as shown_pictures
from taskly.planning import endpoints as planning
from taskly.platform.realtime.endpoints import live_router
from taskly.privacy import endpoints as privacy
from taskly.release_notes import endpoints as release_notes
from taskly.reports import endpoints as reports
from taskly.search import endpoints as search
from taskly.search import view_endpoints as views
from taskly.sprints import capacity_endpoints as sprint_capacity
from taskly.sprints import endpoints as sprints
from taskly.sprints import scope_endpoints as sprint_scope
from taskly.sprints import series_endpoints as sprint_series
from taskly.sprints import step_endpoints as sprint_steps
from taskly.transfer import endpoints as transfer
from taskly.users import endpoints as users
from taskly.webhooks import endpoints as webhooks
from taskly.workspaces import audit_endpoints as audit
from taskly.workspaces import endpoints as workspaces
from taskly.workspaces import invitation_endpoints as invitations

# Routes are tried one after the other: what is asked for most comes first.
ROUTERS = (
    boards.router,
    cards.router,
    parts.router,
    comments.router,
    bulk.router,
    cards_of_boards.router,
    github.webhook_router,
    live_router(DOORS),
    users.me,
    users.auth,
    workspaces.router,
    transfer.router,
    history.router,
    invitations.router,
    audit.router,
    audit.me_router,
    notifications.router,
    unsubscribing.router,
    subscriptions.router,
    privacy.router,
    sprints.router,
    sprint_series.router,
    sprint_steps.router,
    sprint_scope.router,
    sprint_capacity.router,
    insights.router,
    pictures.router,
    picture_links.router,
    shown_pictures.router,
    search.router,
    views.router,
    planning.router,
    release_notes.router,
    reports.router,
    github.router,
    drifting.router,
    deliveries.router,
    pull_requests.router,
    stopping.router,
    trying.router,
    github.jobs_router,
    syncing.router,
    app_setup.router,
    imports.router,
    webhooks.router,
    webhooks.types_router,
    health.router,
    pages.router,
)


def all_routes() -> list[BaseRoute]:
    """Every route, in the order in which they are tried."""
    return [route for router in ROUTERS for route in router.routes] + list(pages.assets)
