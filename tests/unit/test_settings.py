"""Settings come from the environment; a wrong one is named, and its value is never shown."""

import pytest

from taskly.platform.settings import Settings, SettingsError, load_settings

KEY = "k1:BmPa/rpFZ6N+vF/fQi7+SGMpVrJJjq+QH6GOXWU7rNc="
SECRET = "s3cr3t-value"
PRODUCTION = {
    "TASKLY_ENVIRONMENT": "production",
    "TASKLY_PUBLIC_URL": "https://taskly.example",
    "DATABASE_URL": "postgresql://taskly@db/taskly",
    "REDIS_URL": "redis://redis/0",
    "TASKLY_JWT_KEYS": KEY,
    "TASKLY_ENCRYPTION_KEYS": KEY,
}


def read(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> Settings:
    """The settings with these variables and no others."""
    for name in list(PRODUCTION):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return load_settings(_env_file=None)


def complaint(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> str:
    """What is said about these variables."""
    with pytest.raises(SettingsError) as refused:
        read(monkeypatch, variables)
    return str(refused.value)


@pytest.mark.parametrize(
    ("variable", "value", "reason"),
    [
        ("TASKLY_PORT", SECRET, "Input should be a valid integer"),
        ("TASKLY_PORT", "65536", "Input should be less than or equal to 65535"),
        ("TASKLY_PUBLIC_URL", SECRET, "must be an http:// or https:// address"),
        ("GITHUB_API_URL", f"ftp://{SECRET}", "must be an http:// or https:// address"),
        ("TASKLY_TRUSTED_PROXIES", "*", "must list addresses or networks such as 10.0.0.7"),
        ("TASKLY_TRUSTED_PROXIES", f"10.0.0.1,{SECRET}", "must list addresses or networks"),
        ("TASKLY_TRUSTED_PROXIES", "10.0.0.1/24", "must list addresses or networks"),
        ("TASKLY_MAIL_FROM", SECRET, "must be an address, or Name <address>"),
        ("TASKLY_SMTP_SECURITY", SECRET, "Input should be 'starttls', 'tls' or 'none'"),
        ("GITHUB_APP_PRIVATE_KEY", SECRET, "must be an RSA private key in PEM"),
        ("GITHUB_APP_ID", "0", "Input should be greater than 0"),
        ("DATABASE_URL", f"mysql://u:{SECRET}@db/x", "must be a postgresql:// address"),
        ("DATABASE_URL", SECRET, "must be a postgresql:// address"),
        ("REDIS_URL", f"http://{SECRET}", "must be a redis://, rediss:// or unix:// address"),
        ("TASKLY_LOG_LEVEL", SECRET, "Input should be 'debug', 'info', 'warning' or 'error'"),
    ],
)
def test_a_wrong_value_is_refused_by_the_name_of_its_variable(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, reason: str
) -> None:
    said = complaint(monkeypatch, {variable: value})
    assert said.startswith(f"{variable}: {reason}")
    assert SECRET not in said


def test_a_github_app_is_set_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    said = complaint(monkeypatch, {"GITHUB_APP_ID": "5", "GITHUB_APP_SLUG": "taskly"})
    assert said == (
        "GITHUB_APP_ID, GITHUB_APP_SLUG, GITHUB_APP_PRIVATE_KEY, GITHUB_APP_WEBHOOK_SECRET go together"
    )


def test_all_wrong_values_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    said = complaint(monkeypatch, {"TASKLY_PORT": "x", "REDIS_URL": "x", "TASKLY_HOST": "::1"})
    assert sorted(line.partition(":")[0] for line in said.splitlines()) == [
        "REDIS_URL",
        "TASKLY_PORT",
    ]


def test_encryption_keys_that_are_none_are_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    for value in ("", SECRET, f"k1:{SECRET}"):
        settings = read(monkeypatch, {"TASKLY_ENCRYPTION_KEYS": value})
        with pytest.raises(SettingsError, match=r"^TASKLY_ENCRYPTION_KEYS: ") as refused:
            settings.encryption_key_ring()
        assert SECRET not in str(refused.value)


def test_servers_that_are_not_named_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(monkeypatch, {})
    with pytest.raises(SettingsError, match=r"^DATABASE_URL is not set\. Set it, or run"):
        settings.required_database_url()
    with pytest.raises(SettingsError, match=r"^REDIS_URL is not set\. Set it, or run"):
        settings.required_redis_url()


def test_production_starts_with_all_that_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(monkeypatch, PRODUCTION)
    assert (settings.cookies_secure, settings.local_sign_in_allowed) == (True, False)


@pytest.mark.parametrize(
    "variable",
    [
        "TASKLY_PUBLIC_URL",
        "DATABASE_URL",
        "REDIS_URL",
        "TASKLY_JWT_KEYS",
        "TASKLY_ENCRYPTION_KEYS",
    ],
)
def test_production_does_not_start_without(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    variables = {name: value for name, value in PRODUCTION.items() if name != variable}
    assert variable in complaint(monkeypatch, variables)


def test_origins_are_ours_and_the_listed_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(
        monkeypatch,
        {
            "TASKLY_PUBLIC_URL": "https://taskly.example/",
            "TASKLY_ALLOWED_ORIGINS": "https://a.example/, https://b.example",
        },
    )
    assert settings.origins == {
        "https://taskly.example",
        "https://a.example",
        "https://b.example",
    }


def test_an_address_is_taken_as_browsers_send_it(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(
        monkeypatch,
        {
            "TASKLY_PUBLIC_URL": "HTTPS://Board.Example.com:443/Team/",
            "TASKLY_ALLOWED_ORIGINS": "http://A.example:80,https://a.example:8443/,http://[0:0::1]:5173",
        },
    )
    assert settings.public_url == "https://board.example.com/Team"
    assert settings.origins == {
        "https://board.example.com",
        "http://a.example",
        "https://a.example:8443",
        "http://[::1]:5173",
    }


@pytest.mark.parametrize(
    "value",
    [
        "*",
        "null",
        "https://a.example,*",
        "https://*.a.example",
        "a.example",
        "ftp://a.example",
        "https://",
        "https://a.example/path",
        "https://a.example?q",
        "https://a.example#f",
        "https://user@a.example",
        "https://user:password@a.example",
        "https://a.example:0",
        "https://a.example:65536",
        "https://a.example:port",
        "https://a.exam ple",
        "https://bücher.example",
        "https://[::g]",
        "https://[1]",
    ],
)
def test_what_is_no_origin_is_refused_with_what_to_write(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    assert complaint(monkeypatch, {"TASKLY_ALLOWED_ORIGINS": value}) == (
        "TASKLY_ALLOWED_ORIGINS: must list origins such as https://host or https://host:8443, "
        "separated by commas; `*`, null, paths and user names are not taken"
    )


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("*", "must be an http:// or https:// address"),
        ("https://", "must be an http:// or https:// address"),
        (f"https://user:{SECRET}@a.example", "must begin with https://host or https://host:port"),
        (f"https://a.example:{SECRET}", "must begin with https://host or https://host:port"),
        ("https://bücher.example", "must begin with https://host or https://host:port"),
        ("https://[1]", "must have an IPv6 address between its brackets"),
        (f"https://a.example/?{SECRET}", "must be an address without a query and a fragment"),
        (f"https://a.example#{SECRET}", "must be an address without a query and a fragment"),
    ],
)
def test_a_public_address_that_browsers_would_not_send_is_refused(
    monkeypatch: pytest.MonkeyPatch, value: str, reason: str
) -> None:
    said = complaint(monkeypatch, {"TASKLY_PUBLIC_URL": value})
    assert said.startswith(f"TASKLY_PUBLIC_URL: {reason}")
    assert SECRET not in said


def test_what_follows_from_a_setting_follows_from_a_changed_copy_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = read(monkeypatch, {})
    assert settings.origins == {"http://127.0.0.1:8000"}
    changed = settings.model_copy(update={"public_url": "https://taskly.example"})
    assert changed.origins == {"https://taskly.example"}
    assert changed.cookies_secure is True


APP = {"GITHUB_CLIENT_ID": "id", "GITHUB_CLIENT_SECRET": SECRET}


@pytest.mark.parametrize(
    ("variables", "allowed"),
    [
        ({}, True),
        ({"TASKLY_PUBLIC_URL": "http://localhost:8000"}, True),
        ({"TASKLY_PUBLIC_URL": "http://LocalHost"}, True),
        ({"TASKLY_PUBLIC_URL": "http://127.8.9.10:8000"}, True),
        ({"TASKLY_PUBLIC_URL": "http://[::1]:8000"}, True),
        ({"TASKLY_PUBLIC_URL": "http://10.0.0.5:8000"}, False),
        ({"TASKLY_PUBLIC_URL": "http://0.0.0.0:8000"}, False),
        ({"TASKLY_PUBLIC_URL": "http://[::2]"}, False),
        ({"TASKLY_PUBLIC_URL": "https://taskly.example"}, False),
        ({"TASKLY_PUBLIC_URL": "http://localhost.example"}, False),
        ({"TASKLY_PUBLIC_URL": "http://127.0.0.1.example"}, False),
        (APP, False),
        (PRODUCTION, False),
        ({"TASKLY_LOCAL_SIGN_IN": "false"}, False),
        ({"TASKLY_LOCAL_SIGN_IN": "true", "TASKLY_PUBLIC_URL": "http://10.0.0.5:8000"}, True),
        ({"TASKLY_LOCAL_SIGN_IN": "true", **APP}, True),
        ({"TASKLY_LOCAL_SIGN_IN": "true", **PRODUCTION}, True),
    ],
)
def test_one_time_links_are_for_one_machine_unless_they_are_asked_for(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], allowed: bool
) -> None:
    assert read(monkeypatch, variables).local_sign_in_allowed is allowed


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg"])
def test_a_database_address_may_say_all_that_libpq_knows(
    monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    settings = read(monkeypatch, {"DATABASE_URL": f"{scheme}://u:p@a:1,b:2/db?sslmode=require"})
    assert settings.required_database_url() == "postgresql://u:p@a:1,b:2/db?sslmode=require"


@pytest.mark.parametrize(
    ("variables", "reason"),
    [
        ({}, "TASKLY_MAIL_FROM must be set where TASKLY_SMTP_HOST is"),
        (
            {"TASKLY_MAIL_FROM": "t@x.org", "TASKLY_SMTP_USER": "t"},
            "TASKLY_SMTP_USER and TASKLY_SMTP_PASSWORD go together",
        ),
        (
            {
                "TASKLY_MAIL_FROM": "t@x.org",
                "TASKLY_SMTP_USER": "t",
                "TASKLY_SMTP_PASSWORD": SECRET,
                "TASKLY_SMTP_SECURITY": "none",
            },
            "TASKLY_SMTP_SECURITY must not be none where TASKLY_SMTP_USER is set",
        ),
    ],
)
def test_mail_is_set_up_whole_and_without_passwords_in_the_clear(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], reason: str
) -> None:
    said = complaint(monkeypatch, {"TASKLY_SMTP_HOST": "mail", **variables})
    assert said.startswith(reason)
    assert SECRET not in said
