"""Files hold no secrets. What looks like one is put together here, so that this file is clean."""

import pytest

from tests.lint.samples import text
from tools.lint import no_secrets


@pytest.mark.parametrize(
    "secret",
    [
        "-----BEGIN " + "RSA PRIVATE KEY-----\nMIIE" + "a1" * 30,
        "-----BEGIN " + "PRIVATE KEY-----\\nMIIE" + "a1" * 30,
        "gho" + "_" + "a1" * 18,
        "github" + "_pat_" + "a1" * 30,
        "AKIA" + "Q7" * 8,
        "tsk" + "_" + "a1" * 25,
    ],
)
def test_what_looks_like_a_secret_is_found_and_not_repeated(secret: str) -> None:
    (finding,) = no_secrets.check([text("deploy/compose.yaml", f"services:\n  key: {secret}\n")])
    assert finding.line == 2
    assert secret not in finding.message


def test_names_and_short_examples_are_fine() -> None:
    content = "TASKLY_JWT_KEYS=\ntsk_example\nghp_short\n-----BEGIN PRIVATE KEY-----\n…\n-----BEGIN CERTIFICATE-----\n"
    assert list(no_secrets.check([text(".env.example", content)])) == []
