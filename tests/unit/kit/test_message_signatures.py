"""Messages are signed as the Standard Webhooks specification says."""

import base64

import pytest

from taskly.kit.message_signatures import make_signing_secret, sign_message

# The example with which the specification's own libraries are tested.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MESSAGE = "msg_p5jXN8AQM9LWM0D4loKWxJek"
TIMESTAMP = 1614265330
BODY = b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_specification_s_own_example_is_signed_in_the_same_way() -> None:
    assert sign_message(MESSAGE, TIMESTAMP, BODY, [SECRET]) == {
        "webhook-id": MESSAGE,
        "webhook-timestamp": "1614265330",
        "webhook-signature": SIGNATURE,
    }


def test_each_secret_that_counts_gives_a_signature() -> None:
    another = make_signing_secret()
    [of_another] = sign_message(MESSAGE, TIMESTAMP, BODY, [another])["webhook-signature"].split()

    both = sign_message(MESSAGE, TIMESTAMP, BODY, [another, SECRET])["webhook-signature"]

    assert both == f"{of_another} {SIGNATURE}"
    assert of_another != SIGNATURE


def test_a_secret_holds_256_random_bits() -> None:
    one, other = make_signing_secret(), make_signing_secret()
    assert one != other
    assert one.startswith("whsec_")
    assert len(base64.b64decode(one.removeprefix("whsec_"), validate=True)) == 32


@pytest.mark.parametrize("wrong", [[], [""], ["whsec_"], ["MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]])
def test_nothing_is_signed_without_a_secret(wrong: list[str]) -> None:
    with pytest.raises(ValueError, match="secret"):
        sign_message(MESSAGE, TIMESTAMP, BODY, wrong)
