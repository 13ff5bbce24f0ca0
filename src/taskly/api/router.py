"""The table of contents of the API."""

from taskly.api import health
from taskly.api.doors import DOORS
from taskly.boards import endpoints as boards
from taskly.cards import endpoints as cards
from taskly.github import endpoints as github
from taskly.platform.http.routing import Router
from taskly.platform.realtime.endpoints import live_router
from taskly.sprints import endpoints as sprints
from taskly.users import endpoints as users
from taskly.workspaces import endpoints as workspaces

router = Router()
# Routes are tried one after the other, and GitHub is waiting.
router.include_router(github.webhook_router)
router.include_router(users.router)
router.include_router(workspaces.router)
router.include_router(boards.router)
router.include_router(cards.router)
router.include_router(sprints.router)
router.include_router(github.router)
router.include_router(health.router)

live = live_router(DOORS)
