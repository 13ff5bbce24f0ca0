"""The GitHub App is made in two clicks by whoever has the operator's link, and by nobody else."""

from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from taskly.github.app_setup import setup_link as command
from taskly.github.app_setup.links import LIFETIME, check_link, make_link
from taskly.github.app_setup.manifest import PERMISSIONS, manifest
from taskly.github.deliveries.payloads import EVENTS
from taskly.github.errors import AppSetupOver
from taskly.platform.settings import Settings
from tests.github.app_place import OWNER, form_in, press_through, query, setup_link
from tests.github.place import Place

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
SECRETS = ("client_secret", "webhook_secret", "private_key")


async def problem(answer: httpx2.Response) -> tuple[int, str]:
    """What is wrong with a request."""
    return answer.status_code, answer.json()["code"]


@pytest.fixture
async def browser(place: Place) -> httpx2.AsyncClient:
    """The operator's browser, at a GitHub where they have an account."""
    await place.github.create_user(OWNER)
    return place.client


async def test_two_clicks_make_the_app_with_what_it_needs_and_no_more(
    place: Place, browser: httpx2.AsyncClient
) -> None:
    shown = await press_through(place, browser)

    assert shown.status_code == 200
    [app] = await place.github.apps()
    assert f'href="{place.github.web_url}/apps/{app.slug}/installations/new"' in shown.text
    assert (app.owner, app.permissions, app.events) == (OWNER, PERMISSIONS, sorted(EVENTS))
    assert app.webhook_url == f"{place.runtime.settings.public_url}/api/v1/webhooks/github"
    [row] = await place.rows("SELECT * FROM github_apps")
    assert (row["github_id"], row["slug"], row["name"]) == (app.id, app.slug, app.name)
    for column in SECRETS:
        assert row[column].startswith("v1:")
        assert "PRIVATE KEY" not in row[column]


async def test_the_page_leads_to_github_and_nowhere_else(place: Place) -> None:
    page = await place.client.get(setup_link(place, "acme"))
    action, fields = form_in(page.text)
    assert action.startswith(f"{place.github.web_url}/organizations/acme/settings/apps/new?state=")
    assert fields.keys() == {"manifest"}
    policy = page.headers["content-security-policy"]
    assert f"form-action 'self' {place.github.web_url};" in policy
    assert page.headers["cache-control"] == "no-store"


async def test_a_second_app_is_not_made(place: Place, browser: httpx2.AsyncClient) -> None:
    await press_through(place, browser)
    again = await browser.get(setup_link(place))
    assert await problem(again) == (409, "github_app_exists")
    assert "/apps/" in again.json()["detail"]
    assert len(await place.github.apps()) == 1


async def test_a_code_is_taken_only_from_the_browser_that_was_sent(
    place: Place, browser: httpx2.AsyncClient
) -> None:
    action, fields = form_in((await browser.get(setup_link(place))).text)
    back = await browser.post(action, data=fields | {"login": OWNER})
    address = back.headers["location"]
    browser.cookies.clear()
    await place.github.forget_requests()

    assert await problem(await browser.get(address)) == (400, "github_app_setup_over")
    assert await place.github.requests("/app-manifests") == []
    assert await place.rows("SELECT slug FROM github_apps") == []


async def test_a_code_that_github_does_not_know_makes_nothing(
    place: Place, browser: httpx2.AsyncClient
) -> None:
    action, _ = form_in((await browser.get(setup_link(place))).text)
    state = httpx2.URL(action).params["state"]
    path = "/api/v1/github-app/created" + query(code="nobodys", state=state)
    assert await problem(await browser.get(path)) == (400, "github_app_setup_over")
    assert await place.rows("SELECT slug FROM github_apps") == []


async def test_a_link_is_good_for_an_hour(settings: Settings) -> None:
    keys = settings.encryption_key_ring()
    from_clock = httpx2.URL(make_link(settings, keys, NOW, None)).params["token"]
    check_link(keys, from_clock, NOW + LIFETIME - timedelta(seconds=1))
    for token, at in ((from_clock, NOW + LIFETIME), ("none", NOW), (from_clock[:-2], NOW)):
        with pytest.raises(AppSetupOver):
            check_link(keys, token, at)


async def test_a_state_is_no_link(place: Place) -> None:
    action, _ = form_in((await place.client.get(setup_link(place))).text)
    state = httpx2.URL(action).params["state"]
    path = "/api/v1/github-app/setup" + query(token=state)
    assert await problem(await place.client.get(path)) == (400, "github_app_setup_over")


async def test_the_command_prints_a_link_that_opens_the_page(
    place: Place, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = place.runtime.settings
    monkeypatch.setenv("TASKLY_PUBLIC_URL", settings.public_url)
    monkeypatch.setenv("TASKLY_ENCRYPTION_KEYS", settings.encryption_keys.get_secret_value())
    assert command.main(["--organization", "acme"]) == 0
    link = capsys.readouterr().out.strip()
    page = await place.client.get(link)
    assert page.status_code == 200
    assert "for acme" in page.text
    with pytest.raises(SystemExit):
        command.main(["--organization", "a/b"])


async def test_the_webhook_is_off_where_github_can_not_reach_this_machine(
    settings: Settings,
) -> None:
    def is_on(public_url: str, web_url: str) -> bool:
        there = {"public_url": public_url, "github_web_url": web_url}
        made = manifest(settings.model_copy(update=there))
        return bool(made["hook_attributes"]["active"])

    assert is_on("https://taskly.example", "https://github.com")
    assert not is_on("http://127.0.0.1:8000", "https://github.com")
    assert is_on("http://127.0.0.1:8000", "http://127.0.0.1:9000")


async def test_who_has_installed_the_app_is_told_what_to_do_next(place: Place) -> None:
    answer = await place.client.get("/api/v1/github-app/installed?installation_id=1")
    assert "Connect its repositories" in answer.text
