"""Taking in what the GitHub App's webhook tells, which is one for all of its repositories.

Each delivery goes to every workspace that has its repository connected through the app: there it is stored and
worked out like those of a webhook of its own. What is told of installations is a reason to ask how they stand.
"""

from collections.abc import Mapping
from uuid import UUID

import structlog
from pydantic import ValidationError

from taskly.github import repository
from taskly.github.deliveries.counting import count_refused, count_taken
from taskly.github.deliveries.intake import DUPLICATE, REFUSAL, Receipt, envelope, take_in
from taskly.github.errors import BadSignature, MalformedDelivery
from taskly.github.jobs import FollowInstallation
from taskly.github.remote.identity import app_identity
from taskly.github.remote.resources import GitHubObject, Number
from taskly.kit.signatures import is_signed
from taskly.platform.context import SYSTEM
from taskly.platform.http.problems import TooLarge
from taskly.platform.runtime import Runtime

OF_INSTALLATIONS = frozenset({"installation", "installation_repositories"})
"""Told to every app, without being asked for."""
IGNORED = "ignored"

log = structlog.get_logger()


class _Named(GitHubObject):
    id: Number


class _Frame(GitHubObject):
    """What a delivery is about."""

    repository: _Named | None = None
    installation: _Named | None = None


async def receive(runtime: Runtime, headers: Mapping[str, str], body: bytes) -> Receipt:
    """Take a delivery in: when this returns it is stored wherever its repository is connected.

    An attempt that was cut off in between is made good by the next one: what is there already is left alone.

    Raises:
        BadSignature: it is not signed with the app's secret, or there is no app.
        MalformedDelivery: GitHub's headers are missing, or the body is not GitHub's.
        WebhookMediaType: the body is not declared as JSON.
        TooLarge: the body is larger than this installation takes.
        Unavailable: the key that the secret was encrypted with is missing here.
    """
    if len(body) > runtime.settings.max_webhook_bytes:
        raise TooLarge
    identity = await app_identity(runtime)
    secrets = [] if identity is None else [identity.webhook_secret]
    if not is_signed(body, headers.get("x-hub-signature-256"), secrets):
        log.warning("delivery.refused", repository_id=None)
        count_refused()
        raise BadSignature(REFUSAL)
    event, delivery_id = envelope(headers)
    frame = _frame(body)
    if event in OF_INSTALLATIONS and frame.installation is not None:
        return await _promise_to_follow(runtime, event, delivery_id, frame.installation.id)
    if frame.repository is None:
        count_taken(event, IGNORED)
        return Receipt(IGNORED)
    return await _spread(runtime, frame.repository.id, event, delivery_id, body)


async def _spread(
    runtime: Runtime, github_id: int, event: str, delivery_id: UUID, body: bytes
) -> Receipt:
    """Store a delivery for each connection of its repository; what became of it where the most did."""
    async with runtime.database.reading() as session:
        ids = await repository.connections_by_app(session, github_id)
    if not ids:
        count_taken(event, IGNORED)
    receipts = [await take_in(runtime, each, event, delivery_id, body) for each in ids]
    taken = {receipt.state: receipt for receipt in receipts if receipt is not None}
    ranked = (taken.get(state) for state in ("received", IGNORED, DUPLICATE))
    return next((receipt for receipt in ranked if receipt is not None), Receipt(IGNORED))


async def _promise_to_follow(
    runtime: Runtime, event: str, delivery_id: UUID, installation_id: int
) -> Receipt:
    job, key = FollowInstallation(installation_id=installation_id), str(delivery_id)
    async with runtime.database.transaction(SYSTEM) as tx:
        is_known = await repository.has_job(tx.session, job.kind, key)
        tx.promise(job, key=key, again=True)
    receipt = Receipt(DUPLICATE, duplicate=True) if is_known else Receipt("received")
    count_taken(event, receipt.state)
    return receipt


def _frame(body: bytes) -> _Frame:
    try:
        return _Frame.model_validate_json(body)
    except ValidationError:
        raise MalformedDelivery("The body does not say what it is about.") from None
