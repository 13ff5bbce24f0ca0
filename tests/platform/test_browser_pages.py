"""What a browser is shown before there is a board to look at."""

import re
from base64 import b64encode
from hashlib import sha256

import pytest

from taskly.github.urls import card_url
from tests.support.actors import Actor
from tests.support.world import World

pytestmark = pytest.mark.anyio


async def test_the_first_page_says_how_to_sign_in(world: World) -> None:
    shown = await world.client.get("/")
    assert (shown.status_code, shown.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "<pre>taskly sign-in-link</pre>" in shown.text
    assert "github/login" not in shown.text


async def test_the_first_page_says_who_is_signed_in(world: World, alice: Actor) -> None:
    shown = await alice.client.get("/", headers={"Authorization": f"Bearer {alice.token}"})
    assert f"you are signed in as {alice.login}</h1>" in shown.text


async def test_the_link_to_a_card_says_how_to_read_it_and_not_whether_there_is_one(
    world: World,
) -> None:
    shown = await world.client.get(card_url("", "PAY", 12))
    assert (shown.status_code, shown.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "<pre>taskly cards show PAY-12</pre>" in shown.text
    assert (await world.client.get("/c/%3Cb%3E-1")).status_code == 422


async def test_everything_that_a_page_needs_comes_from_here(world: World) -> None:
    for path in (
        "/",
        "/c/PAY-12",
        "/invitations",
        "/api/docs",
        "/api/v1/auth/local?token=nonsense",
    ):
        shown = await world.client.get(path)
        needed = re.findall(r'<(?:link|script|img)[^>]+(?:src|href)="([^"]+)"', shown.text)
        assert needed != []
        for address in needed:
            assert address.startswith("/assets/")
            assert (await world.client.get(address)).status_code == 200


async def test_the_reference_may_run_its_own_scripts_only(world: World) -> None:
    shown = await world.client.get("/api/docs")
    policy = shown.headers["content-security-policy"]
    [script] = re.findall(r"<script>(.*?)</script>", shown.text, re.DOTALL)
    digest = b64encode(sha256(script.encode()).digest()).decode()
    assert f"script-src 'self' 'sha256-{digest}';" in policy
    assert policy.startswith("default-src 'none'; connect-src 'self';")


async def test_the_page_of_an_invitation_runs_one_script_and_speaks_to_nobody_else(
    world: World,
) -> None:
    shown = await world.client.get("/invitations")
    assert re.findall(r"<script[^>]*>", shown.text) == [
        '<script src="/assets/invitation.js" defer>'
    ]
    policy = dict(
        part.strip().split(" ", 1) for part in shown.headers["content-security-policy"].split(";")
    )
    assert policy == {
        "default-src": "'none'",
        "connect-src": "'self'",
        "script-src": "'self'",
        "style-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    script = (await world.client.get("/assets/invitation.js")).text
    assert "innerHTML" not in script
    assert set(re.findall(r'"X-[\w-]+": "\d"', script)) == {'"X-Taskly-Request": "1"'}
    for way in ("/api/v1/auth/github/login?next=/invitations", "taskly sign-in-link --login NAME"):
        assert f'"{way}"' in script


async def test_the_type_of_a_problem_leads_to_its_explanation(world: World) -> None:
    problem = (await world.client.get("/api/v1/me")).json()
    shown = await world.client.get(problem["type"])
    assert shown.headers["content-type"] == "text/html; charset=utf-8"
    assert '<h3 id="not_signed_in">not_signed_in</h3>' in shown.text
    assert set(re.findall(r'href="([^#"]+)', shown.text)) == {"/assets/taskly.css"}


async def test_an_asset_that_is_not_there_is_a_problem(world: World) -> None:
    for path in ("/assets/nothing.css", "/assets/../app.py", "/assets/swagger/nothing.js"):
        shown = await world.client.get(path)
        assert (shown.status_code, shown.json()["code"]) == (404, "not_found")
