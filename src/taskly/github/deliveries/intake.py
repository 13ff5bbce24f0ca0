"""Taking deliveries in: signed, stored, answered. What they say is worked out by a worker."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID, uuid5

import structlog

from taskly.github.deliveries import delivery_repository
from taskly.github.deliveries.counting import count_refused, count_taken
from taskly.github.deliveries.payloads import EVENTS
from taskly.github.deliveries.webhook_secrets import KnownSecrets
from taskly.github.errors import BadSignature, MalformedDelivery, WebhookMediaType
from taskly.github.jobs import ProcessDelivery
from taskly.kit.crypto import DecryptionError
from taskly.kit.ids import new_id
from taskly.kit.json import dumps
from taskly.kit.signatures import is_signed
from taskly.platform.context import SYSTEM, request_id
from taskly.platform.events.outbox import Promise
from taskly.platform.http.problems import TooLarge, Unavailable
from taskly.platform.runtime import Runtime

log = structlog.get_logger()

MAXIMUM_EVENT_LENGTH = 100
MAXIMUM_ID_LENGTH = 100
DUPLICATE = "duplicate"
GREETING = "it only says that the webhook is there"
_OTHER_IDS = UUID("b6a0a6c8-5c0e-5d2b-9a3c-1f0f3c1d7e55")
REFUSAL = "The signature is missing, or not made with this webhook's secret."


@dataclass(frozen=True, slots=True)
class Receipt:
    """What GitHub is told about its delivery."""

    state: str
    duplicate: bool = False

    @property
    def status(self) -> int:
        """The status of the answer."""
        return 200 if self.duplicate else 202

    @property
    def body(self) -> bytes:
        """The answer."""
        return dumps({"state": self.state, "duplicate": self.duplicate})


async def receive(
    runtime: Runtime, repository_id: UUID, headers: Mapping[str, str], body: bytes
) -> Receipt:
    """Take a delivery in: when this returns it is stored, and a worker will see to it.

    Nothing of the request is believed, and nothing is written, before its signature was checked.

    Raises:
        BadSignature: it is not signed with a secret of this connection, or there is no such one.
        MalformedDelivery: GitHub's headers are missing.
        WebhookMediaType: the body is not declared as JSON.
        TooLarge: the body is larger than this installation takes.
        Unavailable: the key that the secret was encrypted with is missing here.
    """
    if len(body) > runtime.settings.max_webhook_bytes:
        raise TooLarge
    await _check_signature(runtime, repository_id, headers.get("x-hub-signature-256"), body)
    event, delivery_id = envelope(headers)
    if event == "ping":
        async with runtime.database.transaction(SYSTEM) as tx:
            await delivery_repository.note_ping(tx.session, repository_id, tx.now)
    receipt = await take_in(runtime, repository_id, event, delivery_id, body)
    if receipt is None:
        raise BadSignature(REFUSAL)  # The connection was deleted a moment ago.
    return receipt


async def take_in(
    runtime: Runtime, repository_id: UUID, event: str, delivery_id: UUID, body: bytes
) -> Receipt | None:
    """Store a delivery that is signed as it should be for one connection; None if that is gone."""
    state = await _store(runtime, repository_id, event, delivery_id, body, _why_not(event))
    if state is None and not await _is_stored(runtime, repository_id, delivery_id):
        return None
    outcome = DUPLICATE if state is None else state
    count_taken(event, outcome)
    return Receipt(outcome, duplicate=state is None)


def _why_not(event: str) -> str | None:
    """Why an event is stored without being worked out; None if it is."""
    if event in EVENTS:
        return None
    return GREETING if event == "ping" else f"the event {event} does not matter here"


async def _store(
    runtime: Runtime,
    repository_id: UUID,
    event: str,
    delivery_id: UUID,
    body: bytes,
    reason: str | None,
) -> str | None:
    """Store a delivery with the job that works it out; its state, or None if it is here already."""
    own_id = new_id()
    job = Promise(new_id(), ProcessDelivery(delivery=own_id), None, None)
    row = await runtime.database.store(
        delivery_repository.STORE_DELIVERY,
        own_id,
        repository_id,
        delivery_id,
        event,
        body,
        runtime.clock.now(),
        reason,
        job.id,
        job.spec.kind,
        job.spec.queue.value,
        request_id.get(),
        promised=[job] if reason is None else [],
    )
    return None if row is None else str(row["state"])


async def _is_stored(runtime: Runtime, repository_id: UUID, delivery_id: UUID) -> bool:
    async with runtime.database.reading() as session:
        return await delivery_repository.has_delivery(session, repository_id, delivery_id)


async def _check_signature(
    runtime: Runtime, repository_id: UUID, signature: str | None, body: bytes
) -> None:
    """Check against the secrets known here; if that fails, against the present ones.

    A wrong signature costs a query, so a minute-old secret never refuses a delivery.
    """
    known = runtime.belongings.get(KnownSecrets, lambda: KnownSecrets(runtime))
    if is_signed(body, signature, known.remembered(repository_id)):
        return
    try:
        present = await known.ask(repository_id)
    except DecryptionError:
        log.exception("delivery.secret_unreadable", repository_id=str(repository_id))
        raise Unavailable("The webhook's secret can't be read here.") from None
    if not is_signed(body, signature, present):
        log.warning("delivery.refused", repository_id=str(repository_id))
        count_refused()
        raise BadSignature(REFUSAL)


def envelope(headers: Mapping[str, str]) -> tuple[str, UUID]:
    """Event and id of a delivery.

    Raises:
        MalformedDelivery, WebhookMediaType: see `receive`.
    """
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise WebhookMediaType("Set the webhook's content type to application/json.")
    event = headers.get("x-github-event", "")
    if not event.isascii() or not 1 <= len(event) <= MAXIMUM_EVENT_LENGTH:
        raise MalformedDelivery("X-GitHub-Event names no event.")
    return event, delivery_id_of(headers.get("x-github-delivery", ""))


def delivery_id_of(written: str) -> UUID:
    """The id under which a delivery is kept. GitHub sends UUIDs; anything else is made into one.

    Raises:
        MalformedDelivery: this can't be an id.
    """
    try:
        return UUID(written)
    except ValueError:
        if not written.isascii() or not 1 <= len(written) <= MAXIMUM_ID_LENGTH:
            raise MalformedDelivery("X-GitHub-Delivery names no delivery.") from None
        return uuid5(_OTHER_IDS, written)
