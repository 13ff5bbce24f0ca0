"""Signing in as people do it with a browser: out to GitHub's consent page, and back."""

from urllib.parse import urlsplit

import httpx2

from taskly.demo.answers import TokenPair
from taskly.demo.client import Refused, Taskly

LOGIN_PATH = "/api/v1/auth/github/login"


async def sign_in(address: str, login: str) -> Taskly:
    """Taskly in the name of somebody who has an account at the fake GitHub.

    Nobody presses a button there: `auto=1` is the fake's own way to consent at once.

    Raises:
        Refused: Taskly or GitHub does not let them in.
    """
    async with httpx2.AsyncClient(trust_env=False, timeout=30) as browser:
        page = await _redirect(browser, f"{address}{LOGIN_PATH}")
        back = await _redirect(browser, f"{page}&login={login}&auto=1")
        response = await browser.get(back, headers={"Accept": "application/json"})
    if not response.is_success:
        raise Refused(f"{login} could not sign in: {response.status_code} {response.text}")
    tokens = TokenPair.model_validate_json(response.content)
    return Taskly(address, tokens.access_token)


async def _redirect(browser: httpx2.AsyncClient, address: str) -> str:
    """Where an address leads on to."""
    response = await browser.get(address)
    target = response.headers.get("Location", "")
    if not urlsplit(target).scheme:
        path = urlsplit(address).path
        raise Refused(f"{path} leads nowhere: {response.status_code} {response.text[:200]}")
    return str(target)
