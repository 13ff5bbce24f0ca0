"""The examination: from settings to data, each part only if what it needs is sound."""

from collections.abc import AsyncGenerator, Awaitable
from dataclasses import dataclass

from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from taskly.doctor.clocks import clock_findings
from taskly.doctor.github import github_findings
from taskly.doctor.repository import INVARIANTS, Invariant, broken
from taskly.doctor.secrets import secret_findings
from taskly.doctor.webhooks import webhook_findings
from taskly.platform.db.revisions import pending_migrations
from taskly.platform.findings import Finding, Severity
from taskly.platform.jobs.failures import describe
from taskly.platform.jobs.findings import queue_findings
from taskly.platform.runtime import Runtime, open_runtime
from taskly.platform.settings import Settings, SettingsError
from taskly.users.github_application import github_application
from taskly.users.signing_keys import SigningKeys

SUPPORTED = range(15, 19)
PATIENCE_SECONDS = 600.0
"""A question about all boards may take longer than a request ever may."""


@dataclass(frozen=True, slots=True)
class Examined:
    """One part of the examination and what was found; nothing found is good."""

    part: str
    findings: list[Finding]

    @property
    def is_sound(self) -> bool:
        """Whether nothing that is promised fails to hold."""
        return all(finding.severity is not Severity.ERROR for finding in self.findings)


async def examine(settings: Settings) -> AsyncGenerator[Examined, None]:
    """Examine an installation, part by part; the first part is the configuration."""
    configuration = Examined("configuration", _configuration(settings))
    yield configuration
    if not configuration.is_sound:
        return
    patient = settings.model_copy(update={"statement_timeout_seconds": PATIENCE_SECONDS})
    async with open_runtime(patient, application="taskly doctor") as runtime:
        yield Examined("redis", await _redis(runtime))
        database = Examined("database", await _database(runtime))
        yield database
        if not database.is_sound:
            return
        schema = Examined("schema", await _schema(runtime))
        yield schema
        if not schema.is_sound:
            return
        yield await _looked_at("clocks", clock_findings(runtime))
        yield await _looked_at("queues", queue_findings(runtime.database))
        yield await _looked_at("github", _of_github(runtime))
        yield await _looked_at("webhooks", _of_webhooks(runtime))
        yield await _looked_at("secrets", _of_secrets(runtime))
        for invariant in INVARIANTS:
            yield await _looked_at(invariant.name, _of_invariant(runtime, invariant))


async def _looked_at(part: str, findings: Awaitable[list[Finding]]) -> Examined:
    """A part with its findings; that it could not be looked at is one, and the rest goes on."""
    try:
        return Examined(part, await findings)
    except (SQLAlchemyError, OSError) as error:
        what = f"This could not be looked at: {describe(error).rstrip('.')}."
        advice = "Run `taskly doctor` again when the server has less to do."
        return Examined(part, [Finding(Severity.ERROR, what, advice)])


async def _of_github(runtime: Runtime) -> list[Finding]:
    async with runtime.database.reading() as session:
        found = await github_findings(session)
    if await github_application(runtime) is None:
        what = "There is no GitHub app: people sign in by one-time links."
        advice = (
            "Make one with `taskly github-app-link` and set GITHUB_SIGN_IN=true, or set GITHUB_CLIENT_ID and "
            "GITHUB_CLIENT_SECRET, to let them sign in with GitHub."
        )
        found = [*found, Finding(Severity.WARNING, what, advice)]
    return found


async def _of_webhooks(runtime: Runtime) -> list[Finding]:
    async with runtime.database.reading() as session:
        return await webhook_findings(session)


async def _of_secrets(runtime: Runtime) -> list[Finding]:
    async with runtime.database.reading() as session:
        return await secret_findings(session, runtime.encryption)


async def _of_invariant(runtime: Runtime, invariant: Invariant) -> list[Finding]:
    async with runtime.database.reading() as session:
        finding = await broken(session, invariant)
    return [] if finding is None else [finding]


def _configuration(settings: Settings) -> list[Finding]:
    found = []
    try:
        settings.required_database_url()
        settings.required_redis_url()
        SigningKeys.parse(settings.jwt_keys.get_secret_value())
        settings.encryption_key_ring()
    except SettingsError as error:
        found.append(Finding(Severity.ERROR, str(error), "See .env.example for what each one is."))
    return found


async def _redis(runtime: Runtime) -> list[Finding]:
    try:
        await runtime.redis.ping()
    except (RedisError, OSError) as error:
        return [
            Finding(
                Severity.ERROR,
                f"Redis does not answer: {describe(error).rstrip('.')}.",
                "Boards work without it, live updates and jobs are late. Check REDIS_URL.",
            )
        ]
    return []


async def _database(runtime: Runtime) -> list[Finding]:
    try:
        async with runtime.database.reading() as session:
            version = await session.scalar(text("SELECT current_setting('server_version_num')"))
    except (SQLAlchemyError, OSError) as error:
        what = f"PostgreSQL does not answer: {describe(error).rstrip('.')}."
        return [Finding(Severity.ERROR, what, "Check DATABASE_URL and the server.")]
    major = int(version or 0) // 10_000
    if major not in SUPPORTED:
        return [
            Finding(
                Severity.WARNING,
                f"PostgreSQL {major} is not one of the versions that Taskly is tested with.",
                f"Use one of {SUPPORTED[0]} to {SUPPORTED[-1]}.",
            )
        ]
    return []


async def _schema(runtime: Runtime) -> list[Finding]:
    missing = await pending_migrations(runtime.database)
    if not missing:
        return []
    what = f"Migrations are missing: {', '.join(missing)}."
    return [Finding(Severity.ERROR, what, "Run `taskly migrate`.")]
