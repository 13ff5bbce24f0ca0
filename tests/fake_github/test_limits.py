"""Rate limits, conditional requests and pages."""

import httpx2
import pytest

from taskly.fake_github.driver import FakeGitHub
from tests.fake_github.stage import ADDRESS, PATH, REPOSITORY, Stage

pytestmark = pytest.mark.anyio


async def test_every_answer_says_what_is_left(github: FakeGitHub, octo: httpx2.AsyncClient) -> None:
    now = await github.freeze_clock()

    first, second = await octo.get("/user"), await octo.get(PATH)

    assert first.headers["x-ratelimit-limit"] == "5000"
    assert first.headers["x-ratelimit-remaining"] == "4999"
    assert second.headers["x-ratelimit-remaining"] == "4998"
    assert second.headers["x-ratelimit-used"] == "2"
    assert second.headers["x-ratelimit-resource"] == "core"
    assert second.headers["x-ratelimit-reset"] == str(int(now.timestamp()) + 3600)


async def test_asking_for_the_limits_is_free(octo: httpx2.AsyncClient) -> None:
    await octo.get("/user")

    for _ in range(3):
        answer = (await octo.get("/rate_limit")).json()

    assert (answer["rate"]["used"], answer["resources"]["core"]["remaining"]) == (1, 4999)
    assert answer["resources"]["search"]["limit"] == 30


async def test_people_have_budgets_of_their_own(
    octo: httpx2.AsyncClient, mona: httpx2.AsyncClient
) -> None:
    await octo.get("/user")

    assert (await mona.get("/user")).headers["x-ratelimit-used"] == "1"


async def test_nothing_is_answered_past_the_limit_until_the_reset(
    github: FakeGitHub, octo: httpx2.AsyncClient
) -> None:
    await github.freeze_clock()
    await github.set_rate_limit("octo-user", 1, resets_in_seconds=60)

    answers = [await octo.get("/user") for _ in range(3)]
    await github.advance_clock(60)
    after = await octo.get("/user")

    assert [answer.status_code for answer in answers] == [200, 403, 403]
    assert answers[1].headers["x-ratelimit-remaining"] == "0"
    assert answers[1].json()["message"].startswith("API rate limit exceeded for user ID ")
    assert (after.status_code, after.headers["x-ratelimit-remaining"]) == (200, "4999")


async def test_what_has_not_changed_costs_nothing(
    github: FakeGitHub, octo: httpx2.AsyncClient
) -> None:
    first = await octo.get(f"{PATH}/pulls")
    known = {"If-None-Match": first.headers["etag"]}

    unchanged = await octo.get(f"{PATH}/pulls", headers=known)
    await github.push(REPOSITORY, "feature", ["A change"])
    await github.open_pull_request(REPOSITORY, "feature", "A change")
    changed = await octo.get(f"{PATH}/pulls", headers=known)

    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert unchanged.headers["etag"] == first.headers["etag"]
    assert unchanged.headers["x-ratelimit-used"] == first.headers["x-ratelimit-used"] == "1"
    assert (changed.status_code, changed.headers["x-ratelimit-used"]) == (200, "2")
    assert changed.headers["etag"] != first.headers["etag"]


async def test_one_readers_etag_is_not_anothers(
    octo: httpx2.AsyncClient, mona: httpx2.AsyncClient
) -> None:
    known = {"If-None-Match": (await octo.get(f"{PATH}/branches")).headers["etag"]}

    assert (await mona.get(f"{PATH}/branches", headers=known)).status_code == 200


async def test_lists_come_by_pages_that_lead_to_each_other(
    github: FakeGitHub, octo: httpx2.AsyncClient
) -> None:
    for number in range(6):
        await github.create_branch(REPOSITORY, f"branch-{number}")

    names, url, relations = [], f"{PATH}/branches?per_page=3", []
    while url:
        answer = await octo.get(url)
        names += [each["name"] for each in answer.json()]
        relations.append(sorted(str(relation) for relation in answer.links))
        url = answer.links.get("next", {}).get("url", "").removeprefix(f"{ADDRESS}/api/v3")

    assert names == [*(f"branch-{number}" for number in range(6)), "main"]
    assert relations == [
        ["last", "next"],
        ["first", "last", "next", "prev"],
        ["first", "prev"],
    ]


async def test_a_short_list_has_no_links(octo: httpx2.AsyncClient) -> None:
    assert "link" not in (await octo.get(f"{PATH}/branches")).headers


async def test_a_body_that_is_no_json_is_a_bad_request(octo: httpx2.AsyncClient) -> None:
    answer = await octo.post(f"{PATH}/git/refs", content=b"{nonsense")

    assert (answer.status_code, answer.json()["message"]) == (400, "Problems parsing JSON")


async def test_a_field_of_the_wrong_kind_is_named(octo: httpx2.AsyncClient) -> None:
    answer = await octo.post(f"{PATH}/git/refs", json={"ref": 1, "sha": "0" * 40})

    assert answer.status_code == 422
    assert "'properties/ref', 1 is not a string" in answer.json()["message"]


async def test_an_unknown_address_is_not_found(stage: Stage, octo: httpx2.AsyncClient) -> None:
    answer = await octo.get("/nonsense")

    assert (answer.status_code, answer.json()["message"]) == (404, "Not Found")
