"""Stored secrets are encrypted, bound to their owner, and their keys rotate."""

import base64

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from taskly.kit.crypto import DecryptionError, KeyRing, KeyRingError, key_ids_in

OLD = bytes(range(32))
NEW = bytes(range(224, 256))
OWNER = "users|github_token|019aaaaa-0000-7000-8000-000000000001"
RING = KeyRing({"new": NEW, "old": OLD})


def base64_of(key: bytes) -> str:
    return base64.b64encode(key).decode()


def decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def test_what_was_encrypted_comes_back_for_its_owner() -> None:
    value = RING.encrypt(b"gho_secret", OWNER)
    assert RING.decrypt(value, OWNER) == b"gho_secret"
    assert "gho_secret" not in value


def test_text_comes_back_as_text() -> None:
    assert RING.decrypt_text(RING.encrypt_text("ключ 🔑", OWNER), OWNER) == "ключ 🔑"


def test_a_value_is_aes_256_gcm_with_the_owner_as_associated_text() -> None:
    version, key_id, nonce, ciphertext = RING.encrypt(b"gho_secret", OWNER).split(":")
    assert (version, key_id) == ("v1", "new")
    assert len(decoded(nonce)) == 12
    assert len(decoded(ciphertext)) == len(b"gho_secret") + 16
    plaintext = AESGCM(NEW).decrypt(decoded(nonce), decoded(ciphertext), OWNER.encode())
    assert plaintext == b"gho_secret"


def test_nothing_is_encrypted_in_the_same_way_twice() -> None:
    values = {RING.encrypt(b"", OWNER) for _ in range(10_000)}
    assert len({value.split(":")[2] for value in values}) == 10_000


def test_a_value_can_not_be_read_for_another_owner() -> None:
    value = RING.encrypt(b"gho_secret", OWNER)
    for other in [OWNER[:-1], OWNER + " ", OWNER.replace("token", "refresh_token")]:
        with pytest.raises(
            DecryptionError, match=r"^the value was changed, or belongs to another owner$"
        ):
            RING.decrypt(value, other)


def test_no_letter_of_a_value_can_be_changed() -> None:
    value = RING.encrypt(b"gho_secret", OWNER)
    for place, letter in enumerate(value):
        for other in "Aw_:1":
            if other != letter:
                with pytest.raises(DecryptionError):
                    RING.decrypt(value[:place] + other + value[place + 1 :], OWNER)


@given(st.binary(max_size=200), st.integers(0))
def test_no_bit_of_a_value_can_be_flipped(plaintext: bytes, where: int) -> None:
    raw = bytearray(RING.encrypt(plaintext, OWNER).encode())
    where %= len(raw) * 8
    raw[where // 8] ^= 1 << where % 8
    with pytest.raises(DecryptionError):
        RING.decrypt(raw.decode("latin-1"), OWNER)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "gho_secret",
        "v1:new",
        "v1:new::",
        "v2:new:" + "A" * 16 + ":" + "A" * 22,
        "v1:new:" + "A" * 15 + ":" + "A" * 22,
        "v1:new:" + "A" * 16 + ":" + "A" * 21,
        "v1:new:" + "A" * 16 + ":" + "A" * 22 + "=",
        "v1:new:" + "A" * 16 + ":" + "A" * 22 + "\n",
        "v1::" + "A" * 16 + ":" + "A" * 22,
    ],
)
def test_what_is_not_an_encrypted_value_is_refused(value: str) -> None:
    with pytest.raises(
        DecryptionError, match=r"^the value is not in the form v1:kid:nonce:ciphertext$"
    ):
        RING.decrypt(value, OWNER)


@pytest.mark.parametrize("length", [22, 23, 24, 25])
def test_a_forged_value_of_any_length_is_refused(length: int) -> None:
    with pytest.raises(
        DecryptionError, match=r"^the value was changed, or belongs to another owner$"
    ):
        RING.decrypt("v1:new:" + "A" * 16 + ":" + "A" * length, OWNER)


def test_an_owner_is_needed() -> None:
    value = RING.encrypt(b"gho_secret", OWNER)
    with pytest.raises(ValueError, match=r"^an encrypted value needs an owner$"):
        RING.encrypt(b"gho_secret", "")
    with pytest.raises(ValueError, match=r"^an encrypted value needs an owner$"):
        RING.decrypt(value, "")


def test_keys_rotate_without_losing_what_was_encrypted_before() -> None:
    before = KeyRing({"old": OLD}).encrypt(b"gho_secret", OWNER)
    assert RING.decrypt(before, OWNER) == b"gho_secret"
    after = RING.encrypt(RING.decrypt(before, OWNER), OWNER)
    assert key_ids_in(after) == {"new"}
    assert KeyRing({"new": NEW}).decrypt(after, OWNER) == b"gho_secret"
    with pytest.raises(DecryptionError, match=r"^there is no key with the id old$"):
        KeyRing({"new": NEW}).decrypt(before, OWNER)


def test_another_key_under_the_same_id_does_not_decrypt() -> None:
    value = KeyRing({"a": OLD}).encrypt(b"gho_secret", OWNER)
    with pytest.raises(DecryptionError, match=r"^the value was changed"):
        KeyRing({"a": NEW}).decrypt(value, OWNER)


def test_the_key_ids_in_a_text_are_found() -> None:
    one, other = KeyRing({"a": OLD}).encrypt(b"1", "x"), KeyRing({"b.2": NEW}).encrypt(b"", "x")
    assert key_ids_in(one) == {"a"}
    assert key_ids_in(f'{{"now": "{one}", "before": "{other}", "more": "{one}"}}') == {"a", "b.2"}
    assert key_ids_in("no secret here, v1:a:b:c") == frozenset()


@pytest.mark.parametrize(
    "text",
    [
        f"new:{base64_of(NEW)},old:{base64_of(OLD)}",
        f" new : {base64_of(NEW)} , old:{base64_of(OLD)}, ",
        f"new:{base64_of(NEW).translate(str.maketrans('+/', '-_')).rstrip('=')},old:{base64_of(OLD)}",
    ],
)
def test_keys_are_read_from_a_setting_the_first_one_writes(text: str) -> None:
    ring = KeyRing.parse(text)
    assert ring.current_key_id == "new"
    assert ring.key_ids == {"new", "old"}
    assert RING.decrypt(ring.encrypt(b"gho_secret", OWNER), OWNER) == b"gho_secret"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "there is no key; one is needed, as kid:base64"),
        (" , ", "there is no key; one is needed, as kid:base64"),
        (base64_of(NEW), "key 1 is not written as kid:base64"),
        (f"a:{base64_of(OLD)},{base64_of(NEW)}", "key 2 is not written as kid:base64"),
        (f"a:{base64_of(OLD)},a:{base64_of(NEW)}", "key 2 has the id of a key before it"),
        ("a:", "key 1 has 0 bytes, and 32 are needed"),
        (f"a:{base64_of(NEW[:31])}", "key 1 has 31 bytes, and 32 are needed"),
        (f"a:{base64_of(NEW * 2)}", "key 1 has 64 bytes, and 32 are needed"),
        ("a:secret!secret", "key 1 is not base64"),
        ("a:secr", "key 1 has 3 bytes, and 32 are needed"),
        ("a:secretsec", "key 1 is not base64"),
        ("a:sec ret", "key 1 is not base64"),
        (
            f":{base64_of(NEW)}",
            "key 1 needs an id of 1 to 32 characters of A-Za-z0-9_.-",
        ),
        (
            f"a b:{base64_of(NEW)}",
            "key 1 needs an id of 1 to 32 characters of A-Za-z0-9_.-",
        ),
        (
            f"{'a' * 33}:{base64_of(NEW)}",
            "key 1 needs an id of 1 to 32 characters of A-Za-z0-9_.-",
        ),
    ],
)
def test_a_wrong_setting_is_refused_without_showing_it(text: str, complaint: str) -> None:
    with pytest.raises(KeyRingError) as refused:
        KeyRing.parse(text)
    assert str(refused.value) == complaint


def test_keys_are_never_shown() -> None:
    assert repr(RING) == str(RING) == "KeyRing(new, old)"
    shown = " ".join(map(repr, vars(RING).values()))
    for key in (OLD, NEW):
        assert base64_of(key) not in shown
        assert repr(key) not in shown
        assert key.hex() not in shown
