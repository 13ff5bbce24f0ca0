"""Only who knows the secret can sign."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskly.kit.signatures import is_signed, make_signature

# The example in GitHub's documentation on validating webhook deliveries.
SECRET = "It's a Secret to Everybody"
BODY = b"Hello, World!"
SIGNATURE = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"


def test_github_s_own_example_is_signed_in_the_same_way() -> None:
    assert make_signature(BODY, SECRET) == SIGNATURE
    assert is_signed(BODY, SIGNATURE, [SECRET])


def test_two_secrets_are_taken_while_they_rotate() -> None:
    assert is_signed(BODY, SIGNATURE, ["new", SECRET])
    assert is_signed(BODY, SIGNATURE, [SECRET, "new"])
    assert not is_signed(BODY, SIGNATURE, ["new", "newer"])
    assert not is_signed(BODY, SIGNATURE, [])


@given(st.binary(min_size=1, max_size=300), st.integers(0), st.integers(1, 255))
def test_no_byte_of_a_body_can_be_changed(body: bytes, where: int, change: int) -> None:
    signature = make_signature(body, SECRET)
    changed = bytearray(body)
    changed[where % len(body)] ^= change
    assert is_signed(body, signature, [SECRET])
    assert not is_signed(bytes(changed), signature, [SECRET])
    assert not is_signed(body + b"\n", signature, [SECRET])
    assert not is_signed(body[:-1], signature, [SECRET])


@pytest.mark.parametrize(
    "signature",
    [
        None,
        "",
        "sha256=",
        SIGNATURE.removeprefix("sha256="),
        SIGNATURE.upper(),
        SIGNATURE.replace("sha256", "sha1"),
        "sha1=" + "a" * 40,
        SIGNATURE[:-1],
        SIGNATURE + "0",
        SIGNATURE + "\n",
        " " + SIGNATURE,
        SIGNATURE[:-1] + "8",
        SIGNATURE[:-1] + "é",
        SIGNATURE[:-1] + "\ud800",
        SIGNATURE[:-1] + "\u0667",
        f"{SIGNATURE},{SIGNATURE}",
    ],
)
def test_a_missing_malformed_or_wrong_signature_is_none(signature: str | None) -> None:
    assert not is_signed(BODY, signature, [SECRET])


def test_an_empty_secret_signs_nothing() -> None:
    with pytest.raises(ValueError, match=r"^an empty secret signs nothing$"):
        make_signature(BODY, "")
    # HMAC-SHA256 of an empty message with an empty key, which everybody knows.
    everybody_s = "sha256=b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"
    assert not is_signed(b"", everybody_s, [""])
    assert is_signed(BODY, SIGNATURE, ["", SECRET])
