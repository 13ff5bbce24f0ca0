"""The pages of buttons."""

import re

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskly.fake_github.driver import FakeGitHub
from taskly.fake_github.pages.markup import element
from tests.fake_github.stage import REPOSITORY, Stage

pytestmark = pytest.mark.anyio

BRANCH = "feature/PAY-1"
PULL = f"/page/repos/{REPOSITORY}/pulls/1"


@pytest.fixture
async def browser(stage: Stage, github: FakeGitHub, hook: int) -> httpx2.AsyncClient:
    """A person before an open pull request."""
    await github.push(REPOSITORY, BRANCH, ["PAY-1 Add refunds"])
    await github.open_pull_request(REPOSITORY, BRANCH, "PAY-1 <b>Add</b> refunds")
    await stage.settled()
    stage.receiver.received.clear()
    return stage.browser()


async def press(browser: httpx2.AsyncClient, path: str, **fields: str) -> str:
    """Press a button on the home page; where the browser goes then."""
    answer = await browser.post(path, data=fields, headers={"Referer": "http://github.test/"})
    assert answer.status_code == 303
    return answer.headers["location"]


async def test_an_empty_page_offers_an_example(empty_stage: Stage) -> None:
    browser = empty_stage.browser()
    before = (await browser.get("/")).text

    await press(browser, "/page/example")

    assert 'action="/page/example"' in before
    [repository] = (await empty_stage.github.state()).repositories
    assert repository.full_name == REPOSITORY
    assert [pull.state for pull in repository.pull_requests] == ["open"]


async def test_what_people_type_never_becomes_markup(browser: httpx2.AsyncClient) -> None:
    for path in ("/", f"/{REPOSITORY}", f"/{REPOSITORY}/pull/1"):
        page = (await browser.get(path)).text
        assert "PAY-1 &lt;b&gt;Add&lt;/b&gt; refunds" in page
        assert "<b>Add</b>" not in page


@given(text=st.text())
def test_text_and_attributes_are_always_escaped(text: str) -> None:
    written = element("p", text, title=text)

    assert written.count("<") == 2
    assert written.count(">") == 2
    assert written.count('"') == 2


@pytest.mark.parametrize(
    ("button", "fields", "expected"),
    [
        ("merge", {}, ["pull_request closed", "push"]),
        ("close", {}, ["pull_request closed"]),
        ("push", {}, ["push", "pull_request synchronize"]),
        ("draft", {}, ["pull_request converted_to_draft"]),
        ("review", {"author": "mona", "verdict": "APPROVE"}, ["pull_request_review submitted"]),
        (
            "review",
            {"author": "mona", "verdict": "REQUEST_CHANGES"},
            ["pull_request_review submitted"],
        ),
        ("fail", {}, ["check_run created", "check_run completed", "check_suite completed"]),
        ("pass", {}, ["check_run created", "check_run completed", "check_suite completed"]),
        ("wait", {}, ["check_run created"]),
        ("status", {"state": "failure"}, ["status"]),
        ("force-push", {}, ["push", "pull_request synchronize"]),
    ],
)
async def test_a_button_does_what_it_says(
    stage: Stage,
    browser: httpx2.AsyncClient,
    button: str,
    fields: dict[str, str],
    expected: list[str],
) -> None:
    assert await press(browser, f"{PULL}/{button}", **fields) == "/"
    assert await stage.settled() == expected


async def test_a_check_that_was_started_is_finished_by_its_button(
    github: FakeGitHub, browser: httpx2.AsyncClient
) -> None:
    await press(browser, f"{PULL}/wait")
    await press(browser, f"{PULL}/fail")

    [run] = (await github.repository(REPOSITORY)).check_runs
    assert (run.status, run.conclusion) == ("completed", "failure")


async def test_a_review_is_dismissed_by_its_button(
    stage: Stage, github: FakeGitHub, browser: httpx2.AsyncClient
) -> None:
    review = await github.review(REPOSITORY, 1, "mona")
    shown = (await browser.get(f"/{REPOSITORY}/pull/1")).text
    await press(browser, f"{PULL}/dismiss", review=str(review.id))

    assert f'name="review" value="{review.id}"' in shown
    assert await stage.settled() == [
        "pull_request_review submitted",
        "pull_request_review dismissed",
    ]
    page = (await browser.get(f"/{REPOSITORY}/pull/1")).text
    assert '<span class="quiet">dismissed</span>' in page
    assert f"{PULL}/dismiss" not in page


async def test_a_draft_becomes_ready_with_a_button(
    stage: Stage, browser: httpx2.AsyncClient
) -> None:
    await press(browser, f"{PULL}/draft")
    shown = (await browser.get("/")).text
    await press(browser, f"{PULL}/ready")

    assert f'action="{PULL}/ready"' in shown
    assert await stage.settled() == [
        "pull_request converted_to_draft",
        "pull_request ready_for_review",
    ]


async def test_a_force_push_leaves_nothing_of_what_was_there(
    github: FakeGitHub, browser: httpx2.AsyncClient
) -> None:
    before = (await github.pull_request(REPOSITORY, 1)).head_sha
    await press(browser, f"{PULL}/force-push")

    page = (await browser.get(f"/{REPOSITORY}/pull/1")).text
    assert before[:9] not in page
    assert "refunds, written anew" in page


async def test_a_repository_gets_another_name_with_a_button(
    stage: Stage, browser: httpx2.AsyncClient
) -> None:
    await press(browser, f"/page/repos/{REPOSITORY}/rename", name="money")

    assert await stage.settled() == ["repository renamed"]
    assert (await browser.get("/octo-user/money")).status_code == 200


async def test_a_branch_gets_another_name_with_a_button(
    stage: Stage, github: FakeGitHub, browser: httpx2.AsyncClient
) -> None:
    base = f"/page/repos/{REPOSITORY}"
    await press(browser, f"{base}/rename-branch", branch="main", name="trunk")

    repository = await github.repository(REPOSITORY)
    assert (repository.default_branch, set(repository.branches)) == ("trunk", {"trunk", BRANCH})
    assert [(pull.state, pull.base_ref) for pull in repository.pull_requests] == [("open", "trunk")]
    assert await stage.settled() == [
        "create",
        "push",
        "pull_request edited",
        "repository edited",
        "delete",
        "push",
    ]

    await press(browser, f"{base}/rename-branch", branch=BRANCH, name="other")
    assert (await github.pull_request(REPOSITORY, 1)).state == "closed"


async def test_a_branch_becomes_a_pull_request(
    github: FakeGitHub, browser: httpx2.AsyncClient
) -> None:
    base = f"/page/repos/{REPOSITORY}"
    await press(browser, f"{base}/branches", branch="feature/PAY-2")
    await press(browser, f"{base}/pulls", branch="feature/PAY-2")

    pull = await github.pull_request(REPOSITORY, 2)
    assert (pull.head_ref, pull.title) == ("feature/PAY-2", "Work on feature/PAY-2")


async def test_a_repository_is_renamed_archived_transferred_and_deleted_with_buttons(
    github: FakeGitHub, browser: httpx2.AsyncClient
) -> None:
    await github.create_user("acme", kind="Organization")
    base = f"/page/repos/{REPOSITORY}"
    await press(browser, f"{base}/rename", name="money")
    await press(browser, f"{base}/transfer", owner="acme")
    await press(browser, f"{base}/archive")
    assert (await github.repository("acme/money")).archived
    await press(browser, f"{base}/unarchive")
    assert not (await github.repository("acme/money")).archived
    await press(browser, f"{base}/delete")
    assert "acme/money" not in {each.full_name for each in (await github.state()).repositories}


async def test_what_cannot_be_done_is_said_on_the_page(
    stage: Stage, browser: httpx2.AsyncClient
) -> None:
    fields = {"author": "octo-user", "verdict": "APPROVE"}
    target = await press(browser, f"{PULL}/review", **fields)

    page = (await browser.get(target)).text
    assert '<p class="card notice" role="alert">Can not approve your own pull request</p>' in page
    assert await stage.settled() == []


async def test_a_delivery_can_be_lost_and_sent_again_with_buttons(
    stage: Stage, github: FakeGitHub, browser: httpx2.AsyncClient
) -> None:
    await press(browser, "/page/faults", kind="drop_deliveries", times="1")
    await press(browser, f"{PULL}/close")
    lost = await stage.settled()
    [delivery] = await github.deliveries(action="closed")
    await press(browser, f"/page/deliveries/{delivery.id}/redeliver")

    assert lost == []
    assert await stage.settled() == ["pull_request closed"]


async def test_working_again_releases_what_was_held(
    stage: Stage, browser: httpx2.AsyncClient
) -> None:
    await press(browser, "/page/faults", kind="hold_deliveries")
    await press(browser, f"{PULL}/close")
    held = await stage.settled()
    await press(browser, "/page/faults/clear")

    assert held == []
    assert await stage.settled() == ["pull_request closed"]


async def test_deliveries_come_late_when_asked(
    stage: Stage, github: FakeGitHub, browser: httpx2.AsyncClient
) -> None:
    await press(browser, "/page/faults", kind="delay_deliveries", milliseconds="1", times="1")
    await press(browser, f"{PULL}/close")

    assert await stage.settled() == ["pull_request closed"]
    assert await github.faults() == []


async def test_a_delivery_is_shown_with_what_was_sent_and_what_came_back(
    github: FakeGitHub, browser: httpx2.AsyncClient
) -> None:
    await press(browser, f"{PULL}/close")
    await github.settle()
    [delivery] = await github.deliveries(action="closed")

    home = (await browser.get("/")).text
    assert f'<a href="/page/deliveries/{delivery.id}">pull_request closed</a>' in home
    page = (await browser.get(f"/page/deliveries/{delivery.id}")).text
    assert f"X-GitHub-Delivery: {delivery.guid}" in page
    assert "&quot;action&quot;: &quot;closed&quot;" in page
    assert "&lt;b&gt;Add&lt;/b&gt; refunds" in page
    assert (await browser.get("/page/deliveries/1")).status_code == 404


async def test_what_was_asked_is_shown_with_its_outcome(
    stage: Stage, browser: httpx2.AsyncClient
) -> None:
    token = await stage.github.create_token("octo-user")
    api = stage.client(token)
    await api.get(f"/repos/{REPOSITORY}")
    await press(browser, "/page/limit", login="octo-user")
    await api.get("/user")
    await press(browser, "/page/revoke", login="octo-user")
    await api.get("/user/repos")

    shown = (await browser.get("/")).text.partition("Requests")[2]
    rows = re.findall(r"<b>GET</b> <code>([^<]*)</code><br><span class=\"\w+\">(\d+)</span>", shown)
    assert rows[:3] == [("/user/repos", "401"), ("/user", "403"), (f"/repos/{REPOSITORY}", "200")]
    assert "· octo-user" in shown
    assert token not in shown


async def test_deeper_links_lead_to_their_repository(browser: httpx2.AsyncClient) -> None:
    answer = await browser.get(f"/{REPOSITORY}/tree/{BRANCH}")

    assert answer.headers["location"] == f"http://github.test/{REPOSITORY}"
    assert (await browser.get("/nobody/nothing")).status_code == 404


async def test_people_have_pictures(browser: httpx2.AsyncClient) -> None:
    answer = await browser.get("/avatars/u/1001?v=4")

    assert answer.headers["content-type"] == "image/svg+xml"
    assert ">O</text>" in answer.text
