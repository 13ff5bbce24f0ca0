"""Every setting of Taskly, typed, in one place.

A setting is an environment variable (or a line of `.env`). Variables that every tool of this field
understands keep their usual names (`DATABASE_URL`, `REDIS_URL`, `SENTRY_DSN`, `GITHUB_…`); the rest
begin with `TASKLY_`. A wrong value stops the program with a sentence that names the variable.
"""

import os
from email.utils import parseaddr
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AliasChoices,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from taskly.kit.crypto import KeyRing, KeyRingError
from taskly.kit.origins import NotAnOrigin, is_loopback, split_origin
from taskly.kit.pem import rsa_private_key

MINIMUM_SECRET_BYTES = 32

Environment = Literal["development", "production"]


class SettingsError(Exception):
    """The environment does not describe a program that may start; the message says what to change."""


def _named(variable: str) -> AliasChoices:
    """The field is also read from `variable`, which has no prefix."""
    return AliasChoices(variable)


class Settings(BaseSettings):
    """What an operator can set. Defaults are safe for one machine and loopback.

    Raises:
        SettingsError: from `load_settings`, when a variable is missing, malformed or unsafe.
    """

    model_config = SettingsConfigDict(
        env_prefix="TASKLY_",
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        populate_by_name=True,
    )

    environment: Environment = "development"
    """`production` refuses missing secrets and plain-HTTP addresses, and makes no one-time links by itself."""

    # Servers. Without these two, `taskly up` starts its own.
    database_url: str | None = Field(default=None, validation_alias=_named("DATABASE_URL"))
    redis_url: str | None = Field(default=None, validation_alias=_named("REDIS_URL"))
    data_dir: Path = Path(".taskly")
    """Where embedded servers keep their data and embedded mode keeps its secrets."""

    # HTTP.
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    api_processes: int = Field(default=1, ge=1, le=64)
    public_url: str = "http://127.0.0.1:8000"
    """The address people use. Links, cookies and the Origin check are made from it, never from a request."""
    allowed_origins: Annotated[list[str], NoDecode] = []
    """Further browser origins that may call the API as its users, comma-separated."""
    trusted_proxies: Annotated[list[str], NoDecode] = []
    """Addresses and networks of proxies whose `X-Forwarded-For` is believed, comma-separated; else none's."""
    max_body_bytes: int = Field(default=1024 * 1024, ge=1024)
    max_webhook_bytes: int = Field(default=25 * 1024 * 1024, ge=1024)
    max_import_bytes: int = Field(default=256 * 1024 * 1024, ge=1024)
    """The largest file of a workspace that is read in."""
    max_file_bytes: int = Field(default=25 * 1024 * 1024, ge=1024)
    """The largest file of another product that is read in."""
    rate_limit_person: int = Field(default=100, ge=0, le=1_000_000)
    """Requests a minute of each person, and of each personal token; three times as many may come at once."""
    rate_limit_address: int = Field(default=1000, ge=0, le=1_000_000)
    """Requests a minute of each address."""
    rate_limit_sign_in: int = Field(default=20, ge=0, le=1_000_000)
    """Attempts a minute of each address to sign in or to use an invitation."""
    rate_limit_costly: int = Field(default=10, ge=0, le=1_000_000)
    """Invitations and exports a minute of each person. 0 means any, for all four."""
    drain_seconds: float = Field(default=10, ge=0, le=120)

    # Database.
    database_pool_size: int = Field(default=8, ge=1, le=200)
    database_wait_seconds: float = Field(default=3, gt=0)
    """How long a request waits for a connection, or for its turn to change what others change."""
    statement_timeout_seconds: float = Field(default=5, gt=0)
    lock_timeout_seconds: float = Field(default=2, gt=0)

    # Secrets: `kid:base64` pairs, comma-separated, the first one writes, all of them read.
    jwt_keys: SecretStr = SecretStr("")
    encryption_keys: SecretStr = SecretStr("")

    # Sign-in.
    local_sign_in: bool | None = None
    """One-time links. By default on in development, on a loopback address, without a GitHub app."""
    direct_members: bool | None = None
    """Whether admins add people without asking them. By default where one-time links are allowed."""
    access_token_seconds: int = Field(default=15 * 60, ge=60)
    refresh_token_seconds: int = Field(default=7 * 24 * 3600, ge=3600)
    session_seconds: int = Field(default=30 * 24 * 3600, ge=3600)

    # GitHub.
    github_client_id: str | None = Field(default=None, validation_alias=_named("GITHUB_CLIENT_ID"))
    github_client_secret: SecretStr | None = Field(
        default=None, validation_alias=_named("GITHUB_CLIENT_SECRET")
    )
    github_sign_in: bool | None = Field(default=None, validation_alias=_named("GITHUB_SIGN_IN"))
    """Whether everybody who has an account at GitHub may sign in. By default where the two above are set."""
    github_api_url: str = Field(
        default="https://api.github.com", validation_alias=_named("GITHUB_API_URL")
    )
    github_web_url: str = Field(
        default="https://github.com", validation_alias=_named("GITHUB_WEB_URL")
    )
    github_token: SecretStr | None = Field(default=None, validation_alias=_named("GITHUB_TOKEN"))
    """A personal access token to use for people who signed in with a one-time link."""
    github_app_id: int | None = Field(default=None, gt=0, validation_alias=_named("GITHUB_APP_ID"))
    github_app_slug: str | None = Field(default=None, validation_alias=_named("GITHUB_APP_SLUG"))
    github_app_private_key: SecretStr | None = Field(
        default=None, validation_alias=_named("GITHUB_APP_PRIVATE_KEY")
    )
    github_app_webhook_secret: SecretStr | None = Field(
        default=None, validation_alias=_named("GITHUB_APP_WEBHOOK_SECRET")
    )
    github_timeout_seconds: float = Field(default=10, gt=0)
    github_reconcile_seconds: int = Field(default=900, ge=30)
    """How often a repository is compared with GitHub although its webhook tells what happens."""
    github_poll_seconds: int = Field(default=60, ge=30)
    """The same where no webhook arrives: then this is how late the board is."""

    # Mail. Without a server, people are given links to pass on.
    smtp_host: str | None = None
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    """`starttls` begins in the clear and never goes on so; `tls` is for port 465."""
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    smtp_timeout_seconds: float = Field(default=20, gt=0, le=40)
    mail_from: str | None = None
    """Who mails are from: an address, or `Name <address>`."""

    # Jobs.
    worker_concurrency: int = Field(default=4, ge=1, le=64)
    job_lease_seconds: int = Field(default=60, ge=5)
    """A job that was handed over and gave no sign of life for this long is handed over again."""
    sweep_seconds: float = Field(default=1, gt=0)

    # Outbound webhooks.
    webhooks_allow_private_addresses: bool = False
    """For receivers in our own network. Then every admin of a workspace can make us call what we can reach."""
    webhooks_allow_http: bool = False
    """Whether receivers may be called without TLS, where everybody on the way can read along."""

    # Live updates.
    socket_queue_messages: int = Field(default=256, ge=8)
    socket_ping_seconds: float = Field(default=30, gt=0)
    gap_check_seconds: float = Field(default=1, gt=0)

    # Retention.
    audit_days: int = Field(default=400, ge=1, le=3650)
    """So long entries of the audit log are kept, with the addresses they came from."""
    delivery_days: int = Field(default=90, ge=1, le=3650)
    """So long what GitHub said in a delivery is kept; what became of it stays for a year more."""

    # Observation.
    log_format: Literal["auto", "console", "json"] = "auto"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    sentry_dsn: SecretStr | None = Field(default=None, validation_alias=_named("SENTRY_DSN"))
    metrics_token: SecretStr | None = None
    """With it, `GET /api/v1/metrics` asks for this bearer token; without it, only loopback may read."""

    @field_validator("allowed_origins", "trusted_proxies", mode="before")
    @classmethod
    def _split_commas(cls, value: object) -> object:
        if isinstance(value, str):
            return [part.strip() for part in value.split(",") if part.strip()]
        return value

    @field_validator("allowed_origins")
    @classmethod
    def _are_origins(cls, values: list[str]) -> list[str]:
        return [_origin(value) for value in values]

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, values: list[str]) -> list[str]:
        try:
            return [str(ip_network(value)) for value in values]
        except ValueError:
            raise ValueError(
                "must list addresses or networks such as 10.0.0.7 or 10.0.0.0/24, separated by commas"
            ) from None

    @field_validator("public_url")
    @classmethod
    def _begins_with_an_origin(cls, value: str) -> str:
        origin, path = split_origin(value)
        if "?" in path or "#" in path:
            raise ValueError("must be an address without a query and a fragment")
        return origin + path.rstrip("/")

    @field_validator("github_api_url", "github_web_url")
    @classmethod
    def _is_http_url(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("must be an http:// or https:// address")
        return value.rstrip("/")

    @field_validator("github_app_private_key")
    @classmethod
    def _is_private_key(cls, value: SecretStr | None) -> SecretStr | None:
        return value and SecretStr(rsa_private_key(value.get_secret_value()))

    @field_validator("database_url")
    @classmethod
    def _is_postgresql_url(cls, value: str | None) -> str | None:
        if value is None:
            return None
        scheme, separator, rest = value.partition("://")
        if not separator or scheme.partition("+")[0] not in {"postgres", "postgresql"}:
            raise ValueError("must be a postgresql:// address")
        return f"postgresql://{rest}"

    @field_validator("redis_url")
    @classmethod
    def _is_redis_url(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("must be a redis://, rediss:// or unix:// address")
        return value

    @field_validator("mail_from")
    @classmethod
    def _is_an_address(cls, value: str | None) -> str | None:
        if value is not None and ("@" not in parseaddr(value)[1] or not value.isprintable()):
            raise ValueError("must be an address, or Name <address>")
        return value

    @model_validator(mode="after")
    def _can_send_mail(self) -> Self:
        if self.smtp_host is None:
            return self
        if self.mail_from is None:
            raise ValueError("TASKLY_MAIL_FROM must be set where TASKLY_SMTP_HOST is")
        if (self.smtp_user is None) != (self.smtp_password is None):
            raise ValueError("TASKLY_SMTP_USER and TASKLY_SMTP_PASSWORD go together")
        if self.smtp_user is not None and self.smtp_security == "none":
            raise ValueError(
                "TASKLY_SMTP_SECURITY must not be none where TASKLY_SMTP_USER is set: the password "
                "would be sent in the clear"
            )
        return self

    @model_validator(mode="after")
    def _is_whole_app(self) -> Self:
        names = ("id", "slug", "private_key", "webhook_secret")
        given = [getattr(self, f"github_app_{name}") is not None for name in names]
        if any(given) and not all(given):
            together = ", ".join(f"GITHUB_APP_{name.upper()}" for name in names)
            raise ValueError(f"{together} go together")
        return self

    @model_validator(mode="after")
    def _is_safe_for_production(self) -> Self:
        if self.environment != "production":
            return self
        if not self.public_url.startswith("https://"):
            raise ValueError("TASKLY_PUBLIC_URL must begin with https:// in production")
        if self.database_url is None or self.redis_url is None:
            raise ValueError("DATABASE_URL and REDIS_URL must be set in production")
        for variable, value in (
            ("TASKLY_JWT_KEYS", self.jwt_keys),
            ("TASKLY_ENCRYPTION_KEYS", self.encryption_keys),
        ):
            if not value.get_secret_value():
                raise ValueError(f"{variable} must be set in production")
        return self

    @property
    def has_github_application(self) -> bool:
        """Whether the settings name an application with which people sign in at GitHub."""
        return self.github_client_id is not None and self.github_client_secret is not None

    @property
    def has_mail(self) -> bool:
        """Whether mail can be sent."""
        return self.smtp_host is not None

    @property
    def local_sign_in_allowed(self) -> bool:
        """Whether one-time sign-in links are made and honoured: as set, else only where nobody but this
        machine reaches the public address."""
        if self.local_sign_in is not None:
            return self.local_sign_in
        is_local = is_loopback(split_origin(self.public_url)[0])
        by_github = self.has_github_application and self.github_sign_in is not False
        return is_local and not by_github and self.environment == "development"

    @property
    def direct_members_allowed(self) -> bool:
        """Whether admins may add people who were not asked: as set, else only where one machine, or its
        operator's word, makes everybody's accounts anyway."""
        return self.local_sign_in_allowed if self.direct_members is None else self.direct_members

    @property
    def origins(self) -> frozenset[str]:
        """Browser origins that may change things: our own and the listed ones."""
        return frozenset({split_origin(self.public_url)[0], *self.allowed_origins})

    @property
    def cookies_secure(self) -> bool:
        """Whether cookies carry `Secure` and the `__Host-` prefix: where the public address is https."""
        return self.public_url.startswith("https://")

    def required_database_url(self) -> str:
        """The PostgreSQL address, as libpq writes it."""
        if self.database_url is None:
            raise SettingsError(
                "DATABASE_URL is not set. Set it, or run `taskly up`, which starts its own servers."
            )
        return self.database_url

    def encryption_key_ring(self) -> KeyRing:
        """The keys that secrets are stored under.

        Raises:
            SettingsError: they are not set, or are no keys.
        """
        try:
            return KeyRing.parse(self.encryption_keys.get_secret_value())
        except KeyRingError as error:
            raise SettingsError(f"TASKLY_ENCRYPTION_KEYS: {error}") from None

    def required_redis_url(self) -> str:
        """The Redis address."""
        if self.redis_url is None:
            raise SettingsError(
                "REDIS_URL is not set. Set it, or run `taskly up`, which starts its own servers."
            )
        return self.redis_url


def load_settings(**overrides: Any) -> Settings:
    """Read settings from the environment.

    Raises:
        SettingsError: with one line a problem, each naming its variable and never its value.
    """
    try:
        return Settings(**overrides)
    except ValidationError as error:
        raise SettingsError("\n".join(_complaints(error))) from None


def _origin(value: str) -> str:
    """One of `allowed_origins`, as browsers send it.

    Raises:
        ValueError: it is no single origin. `*` and `null` would let every page act for who is signed in.
    """
    try:
        origin, path = split_origin(value)
    except NotAnOrigin:
        origin, path = "", ""
    if not origin or path not in {"", "/"}:
        raise ValueError(
            "must list origins such as https://host or https://host:8443, separated by commas; `*`, "
            "null, paths and user names are not taken"
        )
    return origin


def _complaints(error: ValidationError) -> list[str]:
    lines = []
    for problem in error.errors(include_input=False, include_url=False, include_context=False):
        message = problem["msg"].removeprefix("Value error, ")
        if problem["loc"]:
            lines.append(f"{_variable(str(problem['loc'][0]))}: {message}")
        else:
            lines.append(message)
    return lines


def _variable(location: str) -> str:
    """The environment variable behind a field name or an alias."""
    if location.upper() == location:
        return location
    return location.upper() if location.upper() in os.environ else f"TASKLY_{location.upper()}"
