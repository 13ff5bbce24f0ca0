"""Tokens say whether they may be ours, and only their hash is kept."""

import hashlib
import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskly.kit.tokens import (
    constant_time_equal,
    hash_token,
    is_well_formed,
    make_opaque_token,
    make_token,
)

# Put together, so that secret scanners do not take it for a real one.
WELL_KNOWN = "tsk_" + "0" * 43 + "0" * 6
LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def test_a_personal_token_has_a_prefix_a_secret_and_a_checksum() -> None:
    token = make_token()
    assert re.fullmatch(r"tsk_[0-9A-Za-z]{49}", token)
    assert is_well_formed(token)


def test_every_token_is_another_one() -> None:
    assert len({make_token() for _ in range(1_000)}) == 1_000
    assert len({make_opaque_token() for _ in range(1_000)}) == 1_000


def test_the_checksum_is_the_crc_32_of_the_secret_in_base_62() -> None:
    assert is_well_formed("tsk_" + "0" * 43 + checksum_of("0" * 43))
    assert not is_well_formed(WELL_KNOWN)


def checksum_of(secret: str) -> str:
    number, digits = crc32(secret.encode()), ""
    for _ in range(6):
        number, value = divmod(number, 62)
        digits = LETTERS[value] + digits
    return digits


def crc32(raw: bytes) -> int:
    """The CRC-32 of ISO 3309, bit by bit."""
    remainder = 0xFFFFFFFF
    for byte in raw:
        remainder ^= byte
        for _ in range(8):
            remainder = remainder >> 1 ^ (0xEDB88320 if remainder & 1 else 0)
    return remainder ^ 0xFFFFFFFF


@given(st.integers(4, 52), st.sampled_from(LETTERS))
def test_a_mistyped_letter_is_found(place: int, letter: str) -> None:
    token = make_token()
    typed = token[:place] + letter + token[place + 1 :]
    assert is_well_formed(typed) == (typed == token)


@pytest.mark.parametrize(
    "change",
    [
        lambda token: "",
        lambda token: token[4:],
        lambda token: token[:-1],
        lambda token: token + "0",
        lambda token: token + "\n",
        lambda token: " " + token,
        lambda token: token.replace("tsk_", "TSK_"),
        lambda token: token.replace("tsk_", "ghp_"),
        lambda token: token[:10] + "é" + token[11:],
        lambda token: token[:10] + "\ud800" + token[11:],
        lambda token: token[:10] + "٣" + token[11:],
    ],
)
def test_another_form_is_no_token(change: Callable[[str], str]) -> None:
    assert not is_well_formed(change(make_token()))


def test_an_opaque_token_has_256_bits_and_may_stand_in_an_address() -> None:
    assert re.fullmatch(r"[0-9A-Za-z_-]{43}", make_opaque_token())


def test_the_hash_is_sha_256() -> None:
    token = make_opaque_token()
    assert hash_token(token) == hashlib.sha256(token.encode()).digest()
    assert hash_token("abc").hex() == (
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )


def test_whatever_is_sent_as_a_token_has_a_hash() -> None:
    assert len({hash_token(sent) for sent in ["", "\0", "é", "\ud800", "x" * 100_000]}) == 5


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("abc", "abc", True),
        ("abc", b"abc", True),
        ("é", "é", True),
        ("\ud800", "\ud800", True),
        ("abc", "abd", False),
        ("abc", "abcd", False),
        ("", "a", False),
        (b"\xff", "\xff", False),
    ],
)
def test_texts_and_bytes_are_compared(one: str | bytes, other: str | bytes, same: bool) -> None:
    assert constant_time_equal(one, other) is same
