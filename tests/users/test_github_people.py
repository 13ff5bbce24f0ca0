"""Who somebody from GitHub is here: the numeric id decides, and nothing else."""

import asyncio

import pytest

from taskly.fake_github.driver import FakeGitHub
from taskly.fake_github.wire.asked import UserChange
from tests.users.github_way import COOKIE, JSON, consent, depart, sign_in
from tests.users.places import MakePlace, Place

pytestmark = pytest.mark.anyio


async def test_a_renamed_account_is_the_same_person_with_the_new_profile(
    github_place: Place, github: FakeGitHub
) -> None:
    await github.create_user("mona", name="Mona", email="mona@example.com")
    await sign_in(github_place, "mona")
    person = await github_place.user_id("mona")
    change = UserChange(login="lisa", name="Lisa", email="lisa@example.com")
    await github.change_user("mona", change)
    await sign_in(github_place, "lisa")
    assert await github_place.user_id("lisa") == person
    rows = await github_place.execute("SELECT login, name, email FROM users")
    assert [tuple(row) for row in rows] == [("lisa", "Lisa", "lisa@example.com")]


async def test_a_login_taken_over_by_somebody_else_is_somebody_else(
    github_place: Place, github: FakeGitHub
) -> None:
    await github.create_user("mona", email="mona@example.com")
    await sign_in(github_place, "mona")
    before = await github_place.user_id("mona")
    await github.change_user("mona", UserChange(login="mona-old"))
    await github.create_user("Mona", email="mona@example.com")
    await sign_in(github_place, "Mona")
    assert await github_place.user_id("Mona") != before
    logins = await github_place.execute("SELECT login FROM users ORDER BY id")
    assert [row[0] for row in logins] == [f"mona~{before.hex[-8:]}", "Mona"]
    await sign_in(github_place, "mona-old")
    assert await github_place.user_id("mona-old") == before


async def test_a_local_login_gives_way_to_the_one_at_github(
    make_place: MakePlace, github_place: Place, github: FakeGitHub
) -> None:
    local = await make_place()
    pair = await local.sign_in("mona")
    await github.create_user("mona")
    await sign_in(github_place, "mona")
    assert await github_place.count("users") == 2
    assert (await local.get("/me", pair["access_token"])).json()["github_connected"] is False


@pytest.mark.parametrize(
    "change",
    [
        UserChange(email="mona@example.com", email_verified=False),
        UserChange(email="mona@example.com", email_primary=False),
        UserChange(),
    ],
)
async def test_an_address_that_is_not_verified_and_primary_is_not_taken(
    github_place: Place, github: FakeGitHub, change: UserChange
) -> None:
    await github.create_user("mona")
    await github.change_user("mona", change)
    answer = await sign_in(github_place)
    me = (await github_place.get("/me", answer.json()["access_token"])).json()
    assert me["email"] is None


async def test_all_verified_addresses_are_known_and_no_others(
    github_place: Place, github: FakeGitHub
) -> None:
    await github.create_user("mona", email="Mona@Example.com")
    for change in (
        UserChange(email="mona@work.example", email_primary=False),
        UserChange(email="mine@example.org", email_primary=False, email_verified=False),
    ):
        await github.change_user("mona", change)

    await sign_in(github_place)

    [known] = await github_place.execute("SELECT email, verified_emails FROM users")
    assert known.email == "Mona@Example.com"
    assert sorted(known.verified_emails) == ["mona@example.com", "mona@work.example"]


async def test_a_chosen_name_survives_the_next_sign_in(
    github_place: Place, github: FakeGitHub
) -> None:
    await github.create_user("mona", name="Mona")
    token = (await sign_in(github_place)).json()["access_token"]
    header = {"Authorization": f"Bearer {token}"}
    await github_place.client.patch("/api/v1/me", json={"name": "Lisa"}, headers=header)
    await sign_in(github_place)
    assert (await github_place.get("/me", token)).json()["name"] == "Lisa"


async def test_ten_first_sign_ins_at_once_make_one_person(
    make_place: MakePlace, github_place: Place, github: FakeGitHub
) -> None:
    await github.create_user("mona")
    ways = []
    for _ in range(10):
        back = await consent(await depart(github_place))
        ways.append((back, github_place.client.cookies[COOKIE]))
    answers = await asyncio.gather(
        *(
            github_place.client.get(back, headers={"Cookie": f"{COOKIE}={cookie}", **JSON})
            for back, cookie in ways
        )
    )
    assert [answer.status_code for answer in answers] == [200] * 10
    assert await github_place.count("users") == 1
    assert await github_place.count("sessions") == 10
