"""Our own cookies stay out of what is written down, in whatever form they are met."""

import pytest

from taskly.platform.redaction import redact, redact_fields

SECRET = "s3cr3t-Value_1"


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        (f"taskly_refresh_8000={SECRET}", "taskly_refresh_8000=***"),
        (f"a=b; __Host-taskly_refresh={SECRET}; c=d", "a=b; __Host-taskly_refresh=***; c=d"),
        (f"taskly_access_80={SECRET}; Path=/", "taskly_access_80=***; Path=/"),
        (f"__Host-taskly_oauth={SECRET}", "__Host-taskly_oauth=***"),
        (f"{{'taskly_oauth_8000': '{SECRET}', 'id': 1}}", "{'taskly_oauth_8000': '***', 'id': 1}"),
        (f'{{"taskly_refresh_1":"{SECRET}"}}', '{"taskly_refresh_1":"***"}'),
        ("TASKLY_REFRESH_TOKEN_SECONDS=604800", "TASKLY_REFRESH_TOKEN_SECONDS=604800"),
        ("taskly_refresh_8000 is missing", "taskly_refresh_8000 is missing"),
    ],
)
def test_a_cookie_is_masked_by_its_name(text: str, redacted: str) -> None:
    assert redact(text) == redacted


def test_a_field_that_is_named_after_a_cookie_is_masked() -> None:
    cookies = {"taskly_access_8000": SECRET, "__Host-taskly_refresh": SECRET, "theme": "dark"}
    assert redact_fields(cookies) == {
        "taskly_access_8000": "***",
        "__Host-taskly_refresh": "***",
        "theme": "dark",
    }


def test_the_secret_of_a_webhook_is_masked() -> None:
    assert redact("with whsec_MfKQ9r8GKYqrTwjUPD8/LPZ+o2LaLaSw== signed") == "with whsec_*** signed"
