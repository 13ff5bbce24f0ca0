"""Access tokens: what counts, and that nothing else does."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from taskly.kit.clock import FrozenClock
from taskly.kit.tokens import make_token
from taskly.platform.settings import SettingsError
from taskly.users.access_tokens import AccessTokens, InvalidAccessToken
from taskly.users.signing_keys import SigningKeys
from tests.users.places import KEY, Place

SECRET = b"01234567890123456789012345678901"
OTHER_SECRET = b"x" * 32
ISSUER = "http://127.0.0.1:8000"
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
USER = UUID("0199d2c0-8a4e-7c1e-9b6e-0d6a3b8d1f10")
SESSION = UUID("0199d2c0-8a4e-7c1e-9b6e-0d6a3b8d1f11")
TOKEN = UUID("0199d2c0-8a4e-7c1e-9b6e-0d6a3b8d1f12")


def claims(**changes: Any) -> dict[str, Any]:
    """The claims of a good token, some changed; None removes one."""
    at = int(NOW.timestamp())
    good = {
        "iss": ISSUER,
        "aud": "taskly",
        "sub": str(USER),
        "sid": str(SESSION),
        "jti": str(TOKEN),
        "iat": at,
        "nbf": at,
        "exp": at + 900,
    }
    return {name: value for name, value in {**good, **changes}.items() if value is not None}


def part(value: object) -> str:
    """One part of a token."""
    raw = value if isinstance(value, bytes) else json.dumps(value, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def signed(payload: object, *, key: bytes = SECRET, algorithm: str = "HS256", **header: Any) -> str:
    """A token with any header and payload, correctly signed."""
    head = {"alg": algorithm, "kid": "test", "typ": "at+jwt", **header}
    message = f"{part({name: v for name, v in head.items() if v is not None})}.{part(payload)}"
    method = jwt.get_algorithm_by_name(algorithm)
    return f"{message}.{part(method.sign(message.encode(), method.prepare_key(key)))}"


def unsigned(algorithm: str) -> str:
    """A token that says it needs no signature."""
    head = part({"alg": algorithm, "kid": "test", "typ": "at+jwt"})
    return f"{head}.{part(claims())}."


def with_public_key() -> str:
    """A token signed by HMAC with the text of an RSA public key."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
    pem = key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    head = part({"alg": "HS256", "kid": "test", "typ": "at+jwt"})
    message = f"{head}.{part(claims())}"
    # The library itself refuses to be used in this way.
    method = jwt.get_algorithm_by_name("HS256")
    return f"{message}.{part(method.sign(message.encode(), pem))}"


def rs256() -> str:
    """A token signed with RSA."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return jwt.encode(claims(), key, "RS256", headers={"kid": "test", "typ": "at+jwt"})


def duplicated() -> bytes:
    """Claims with one of them written twice."""
    text = json.dumps(claims(), separators=(",", ":"))
    return (text[:-1] + f',"sub":"{SESSION}"}}').encode()


AT = int(NOW.timestamp())
GOOD = signed(claims())
BAD: dict[str, str] = {
    "alg none": unsigned("none"),
    "alg None": unsigned("None"),
    "alg nOnE": unsigned("nOnE"),
    "alg empty": unsigned(""),
    "HMAC with a public key": with_public_key(),
    "another algorithm of the family": signed(claims(), algorithm="HS512", key=SECRET * 2),
    "RSA": rs256(),
    "no signature": GOOD.rpartition(".")[0] + ".",
    "two parts": GOOD.rpartition(".")[0],
    "signature of another token": GOOD.rpartition(".")[0] + "." + signed({}).rpartition(".")[2],
    "another key": signed(claims(), key=OTHER_SECRET),
    "wrong aud": signed(claims(aud="github")),
    "aud as a list": signed(claims(aud=["taskly", "github"])),
    "wrong iss": signed(claims(iss="https://evil.example")),
    "wrong typ": signed(claims(), typ="JWT"),
    "no typ": signed(claims(), typ=None),
    "no exp": signed(claims(exp=None)),
    "exp as text": signed(claims(exp="9999999999")),
    "exp as truth": signed(claims(exp=True)),
    "exp 11 s ago": signed(claims(exp=AT - 11)),
    "nbf in the future": signed(claims(nbf=AT + 11)),
    "iat in the future": signed(claims(iat=AT + 11)),
    "no jti": signed(claims(jti=None)),
    "no sid": signed(claims(sid=None)),
    "sub not an id": signed(claims(sub="admin")),
    "unknown kid": signed(claims(), kid="other"),
    "kid a path": signed(claims(), kid="../../dev/null"),
    "no kid": signed(claims(), kid=None),
    "jku": signed(claims(), jku="https://evil.example/keys"),
    "jwk": signed(claims(), jwk={"kty": "oct", "k": part(SECRET)}),
    "x5u": signed(claims(), x5u="https://evil.example/cert"),
    "unknown crit": signed(claims(), crit=["b64"], b64=True),
    "duplicated claim": signed(duplicated()),
    "payload a list": signed([claims()]),
    "payload not JSON": signed(b"\xff\xfe"),
    "9 KiB": signed(claims(padding="x" * 9216)),
    "NUL": GOOD + "\x00",
    "not ASCII": GOOD[:-1] + "é",
    "empty": "",
    "dots": "...",
    "a personal token's form": make_token(),
    "a refresh token's form": "A" * 43,
}


@pytest.fixture
def tokens() -> AccessTokens:
    """With one key."""
    return AccessTokens(SigningKeys({"test": SECRET}), issuer=ISSUER, lifetime_seconds=900)


def test_a_token_is_a_jwt_with_exactly_these_claims(tokens: AccessTokens) -> None:
    token = tokens.issue(user_id=USER, session_id=SESSION, token_id=TOKEN, at=NOW)
    assert token == tokens.issue(user_id=USER, session_id=SESSION, token_id=TOKEN, at=NOW)
    assert jwt.get_unverified_header(token) == {"alg": "HS256", "kid": "test", "typ": "at+jwt"}
    assert jwt.decode(token, options={"verify_signature": False}) == claims()


def test_a_good_token_says_who_and_which_session(tokens: AccessTokens) -> None:
    found = tokens.verify(GOOD, NOW)
    assert (found.user_id, found.session_id) == (USER, SESSION)


@pytest.mark.parametrize("name", BAD)
def test_a_bad_token_is_refused(tokens: AccessTokens, name: str) -> None:
    with pytest.raises(InvalidAccessToken):
        tokens.verify(BAD[name], NOW)


@pytest.mark.parametrize("first", [True, False])
def test_a_token_counts_for_fifteen_minutes_and_ten_seconds(
    tokens: AccessTokens, first: bool
) -> None:
    if first:
        tokens.verify(GOOD, NOW)
    tokens.verify(GOOD, NOW - timedelta(seconds=10))
    tokens.verify(GOOD, NOW + timedelta(seconds=909))
    for moment in (NOW - timedelta(seconds=11), NOW + timedelta(seconds=910)):
        with pytest.raises(InvalidAccessToken):
            tokens.verify(GOOD, moment)


def test_two_keys_are_valid_at_a_time_and_the_first_one_signs() -> None:
    keys = SigningKeys({"new": OTHER_SECRET, "test": SECRET})
    rotating = AccessTokens(keys, issuer=ISSUER, lifetime_seconds=900)
    assert rotating.verify(GOOD, NOW).user_id == USER
    token = rotating.issue(user_id=USER, session_id=SESSION, token_id=TOKEN, at=NOW)
    assert jwt.get_unverified_header(token)["kid"] == "new"
    rotated = AccessTokens(SigningKeys({"new": OTHER_SECRET}), issuer=ISSUER, lifetime_seconds=900)
    assert rotated.verify(token, NOW).user_id == USER
    with pytest.raises(InvalidAccessToken):
        rotated.verify(GOOD, NOW)


@pytest.mark.anyio
async def test_every_bad_token_gets_the_same_answer(place: Place, clock: FrozenClock) -> None:
    del clock
    answers = {
        (answer.status_code, answer.headers["www-authenticate"], answer.content)
        for answer in [await _me(place, token) for token in BAD.values()]
    }
    assert answers == {
        (
            401,
            'Bearer error="invalid_token"',
            (
                b'{"type":"/docs/problems#not_signed_in","title":"Sign in first","status":401,'
                b'"code":"not_signed_in","detail":"Sign in first","instance":"/api/v1/me",'
                b'"request_id":"the-same"}'
            ),
        )
    }
    # Correctly signed, but of a session that never was.
    assert (await _me(place, GOOD)).content == answers.pop()[2]


async def _me(place: Place, token: str) -> Any:
    header = b"Bearer " + token.encode("latin-1")
    return await place.client.get(
        "/api/v1/me", headers=[(b"authorization", header), (b"x-request-id", b"the-same")]
    )


@pytest.mark.anyio
@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Basic eDp5", "Token x", "bearer\tx"])
async def test_other_authorization_headers_sign_nobody_in(place: Place, header: str) -> None:
    answer = await place.client.get("/api/v1/me", headers={"Authorization": header})
    assert answer.status_code == 401


@pytest.mark.anyio
async def test_the_scheme_is_read_in_any_case(place: Place) -> None:
    pair = await place.sign_in()
    header = {"Authorization": f"bEARER {pair['access_token']}"}
    assert (await place.client.get("/api/v1/me", headers=header)).status_code == 200


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "at least one key is needed"),
        ("nokey", "shorter than 32 bytes"),
        ("a:c2hvcnQ=", "shorter than 32 bytes"),
        ("a:!!!!", "not base64"),
        (f"{KEY},{KEY}", "a short id of its own"),
        (KEY.replace("test", "a b"), "a short id of its own"),
    ],
)
def test_unusable_keys_are_refused_without_showing_them(text: str, complaint: str) -> None:
    with pytest.raises(SettingsError, match=complaint) as refusal:
        SigningKeys.parse(text)
    assert str(refusal.value).startswith("TASKLY_JWT_KEYS: ")
    assert "MDEy" not in str(refusal.value)


def test_keys_in_url_safe_base64_without_padding_are_read() -> None:
    keys = dict(SigningKeys.parse("a:" + "-_" * 22 + ", " + KEY.rstrip("=")))
    assert list(keys) == ["a", "test"]
    assert keys["test"] == SECRET
