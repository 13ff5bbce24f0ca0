"""Who opens a WebSocket: a bearer token among the subprotocols, or a cookie with our Origin."""

from datetime import timedelta
from typing import Any

import pytest
from starlette.websockets import WebSocket

from taskly.kit.clock import FrozenClock
from taskly.platform.http.problems import NotSignedIn
from taskly.platform.http.rate_limits import TooManyRequests
from taskly.platform.realtime.socket import close_code
from taskly.users.access import Principal, authenticate_socket, still_signed_in
from taskly.users.errors import CrossSite
from tests.users.places import MakePlace, Place

pytestmark = pytest.mark.anyio

ORIGIN = "http://127.0.0.1:8000"


def socket(place: Place, *, subprotocols: tuple[str, ...] = (), **headers: str) -> WebSocket:
    """A handshake."""

    async def nothing(*_: Any) -> Any:
        raise AssertionError("nothing is received or sent before the handshake is over")

    scope = {
        "type": "websocket",
        "app": place.app,
        "path": "/ws/boards/1",
        "query_string": b"",
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers.items()],
        "subprotocols": list(subprotocols),
    }
    return WebSocket(scope, nothing, nothing)


async def test_an_access_token_comes_among_the_subprotocols(place: Place) -> None:
    token = (await place.sign_in())["access_token"]
    opened = socket(place, subprotocols=("taskly.v1", f"bearer.{token}"))
    principal = await authenticate_socket(opened)
    assert principal.user_id == await place.user_id()
    assert principal.session_id is not None


async def test_a_personal_token_works_too_and_so_does_the_header(place: Place) -> None:
    pair = await place.sign_in()
    made = await place.post("/me/tokens", pair["access_token"], {"name": "x", "scopes": ["read"]})
    token = made.json()["token"]
    offered = await authenticate_socket(socket(place, subprotocols=(f"bearer.{token}",)))
    header = await authenticate_socket(socket(place, authorization=f"Bearer {token}"))
    assert offered == header
    assert str(offered.token_id) == made.json()["id"]
    assert offered.scopes == {"read"}


async def test_a_cookie_needs_our_origin(place: Place) -> None:
    cookie = f"taskly_access_8000={(await place.sign_in())['access_token']}"
    principal = await authenticate_socket(socket(place, cookie=cookie, origin=ORIGIN))
    assert principal.user_id == await place.user_id()
    with pytest.raises(CrossSite):
        await authenticate_socket(socket(place, cookie=cookie))


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "",
        "http://127.0.0.1",
        "http://127.0.0.1:80001",
        "http://127.0.0.1:8000.evil.example",
        "https://127.0.0.1:8000",
        "HTTP://127.0.0.1:8000",
    ],
)
async def test_a_page_of_another_site_opens_nothing(place: Place, origin: str) -> None:
    token = (await place.sign_in())["access_token"]
    with pytest.raises(CrossSite):
        await authenticate_socket(
            socket(place, cookie=f"taskly_access_8000={token}", origin=origin)
        )
    with pytest.raises(CrossSite):
        await authenticate_socket(socket(place, subprotocols=(f"bearer.{token}",), origin=origin))


@pytest.mark.parametrize("token", ["", "nonsense", "tsk_nonsense"])
async def test_nobody_opens_nothing(place: Place, token: str) -> None:
    for opened in (
        socket(place, origin=ORIGIN),
        socket(place, subprotocols=("taskly.v1", f"bearer.{token}")),
        socket(place, authorization=f"Bearer {token}"),
        socket(place, cookie=f"taskly_access_8000={token}", origin=ORIGIN),
    ):
        with pytest.raises(NotSignedIn):
            await authenticate_socket(opened)


async def test_a_token_in_the_address_is_not_looked_at(place: Place) -> None:
    token = (await place.sign_in())["access_token"]
    opened = socket(place)
    opened.scope["query_string"] = f"token={token}&access_token={token}".encode()
    with pytest.raises(NotSignedIn):
        await authenticate_socket(opened)


async def test_an_open_socket_learns_at_once_that_its_credentials_ended(
    place: Place, clock: FrozenClock
) -> None:
    pair = await place.sign_in()
    made = await place.post("/me/tokens", pair["access_token"], {"name": "x", "scopes": ["admin"]})
    by_session = await authenticate_socket(
        socket(place, subprotocols=(f"bearer.{pair['access_token']}",))
    )
    by_token = await authenticate_socket(
        socket(place, subprotocols=(f"bearer.{made.json()['token']}",))
    )

    async def still(principal: Principal, days: int = 0) -> bool:
        async with place.runtime.database.reading() as session:
            return await still_signed_in(session, principal, clock.now() + timedelta(days=days))

    assert [await still(by_session), await still(by_token)] == [True, True]
    assert [await still(by_session, 29), await still(by_session, 30)] == [True, False]
    assert [await still(by_token, 89), await still(by_token, 90)] == [True, False]
    await place.post("/auth/logout", pair["access_token"])
    assert [await still(by_session), await still(by_token)] == [False, True]
    await place.delete(f"/me/tokens/{made.json()['id']}", made.json()["token"])
    assert [await still(by_session), await still(by_token)] == [False, False]


async def test_the_end_of_a_session_is_told_to_open_sockets(place: Place) -> None:
    pair = await place.sign_in()
    listening = place.runtime.redis.pubsub()
    async with listening:
        await listening.subscribe("live:recheck")
        await listening.get_message(timeout=5)
        await place.post("/auth/logout", pair["access_token"])
        told = await listening.get_message(timeout=5)
    assert told is not None
    assert told["data"] == (await place.user_id()).bytes


async def test_opening_sockets_is_counted_as_requests_are(make_place: MakePlace) -> None:
    place = await make_place(rate_limit_person=1)
    opened = socket(place, authorization=f"Bearer {(await place.sign_in())['access_token']}")
    for _ in range(3):
        await authenticate_socket(opened)
    with pytest.raises(TooManyRequests) as refused:
        await authenticate_socket(opened)
    assert close_code(refused.value) == 4429
