"""Sending a message, and what follows from how it went.

Nothing is held while the receiver is waited for. What came of it is written down in one transaction, under the
webhook's lock: the message's state, the webhook's standing, and who is next in the line. A worker that is killed
in between leaves the message as it was, and another one sends it again under the same id.
"""

import random
from dataclasses import dataclass
from datetime import timedelta

from prometheus_client import Counter

from taskly.kit.message_signatures import sign_message
from taskly.platform.db.session import Transaction
from taskly.platform.events.jobs import Death
from taskly.platform.events.log import Stream, from_row
from taskly.platform.events.models import StreamKind
from taskly.platform.http.outgoing import AddressRefused, NoAnswer
from taskly.platform.jobs.work import Retry, Work
from taskly.platform.runtime import Runtime
from taskly.webhooks import message_repository as messages
from taskly.webhooks import repository, rules
from taskly.webhooks.calling import outgoing_of, sendings_of
from taskly.webhooks.jobs import DeliverMessage
from taskly.webhooks.line import move_line
from taskly.webhooks.message_repository import Message
from taskly.webhooks.messages import HEADERS, event_body, ping_body, readable
from taskly.webhooks.models import ANSWER_LENGTH, WebhookAttempt, WebhookEndpoint
from taskly.webhooks.recording import record_standing
from taskly.webhooks.rules import EndpointState, MessageState, Standing
from taskly.webhooks.signing import secrets_that_count

SEND_SECONDS = 15.0
UNDER_WAY = frozenset({MessageState.SENDING, MessageState.RETRYING})
NO_LONGER_LOGGED = "What it would have told is not in the log any more."

SENT = Counter(
    "taskly_webhook_messages_sent", "Messages sent to webhooks, by how it went.", ["outcome"]
)

_RANDOM = random.SystemRandom()


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a sending went."""

    status: int | None
    answer: str | None
    error: str | None
    latency: float

    @property
    def delivered(self) -> bool:
        """Whether the receiver has it."""
        return rules.is_success(self.status)


async def deliver(work: Work, job: DeliverMessage) -> None:
    """Send a message if it is to be sent.

    Raises:
        Retry: it did not get through, or too many are being sent, and is to be tried again later.
    """
    async with work.reading() as session:
        message = await messages.message(session, job.endpoint_id, job.attempt_id)
    if message is None or message.attempt.state not in UNDER_WAY:
        return
    if message.endpoint.state is not EndpointState.ACTIVE and not job.trial:
        await _hold_back(work, job)
        return
    with sendings_of(work.runtime).one_of(job.workspace_id):
        outcome = await send(work.runtime, message)
    SENT.labels("delivered" if outcome.delivered else "failed").inc()
    async with work.transaction() as tx:
        wait = await settle(tx, job, message.endpoint.standing, outcome)
    if wait is not None:
        raise Retry("the receiver did not take it", after=wait)


async def send(runtime: Runtime, message: Message) -> Outcome:
    """Send a message once, now."""
    body = _body(message)
    if body is None:
        return Outcome(None, None, NO_LONGER_LOGGED, 0)
    now = runtime.clock.now()
    secrets = secrets_that_count(runtime.encryption, message.endpoint, now)
    headers = sign_message(message.attempt.message_id, int(now.timestamp()), body, secrets)
    started = runtime.clock.monotonic()
    status, answer, error = None, None, None
    try:
        reply = await outgoing_of(runtime).post(
            message.endpoint.url,
            content=body,
            headers={**HEADERS, **headers},
            seconds=SEND_SECONDS,
            keep=ANSWER_LENGTH,
        )
        status, answer = reply.status, readable(reply.beginning, ANSWER_LENGTH)
        error = None if rules.is_success(status) else rules.refusal(status)
    except (AddressRefused, NoAnswer) as failure:
        error = str(failure)
    return Outcome(status, answer, error, runtime.clock.monotonic() - started)


async def settle(
    tx: Transaction, job: DeliverMessage, seen: Standing, outcome: Outcome
) -> float | None:
    """Write down how a sending went; after how many seconds the message is to be tried again, if it is.

    `seen` is how the webhook was doing when the message was sent.
    """
    if _after(tx, seen, outcome).state is not seen.state:
        # Its state is told to the workspace, whose lock comes before the webhook's.
        workspace = Stream(StreamKind.WORKSPACE, job.workspace_id, job.workspace_id)
        await tx.lock(workspace)
    endpoint = await repository.endpoint(tx.session, job.workspace_id, job.endpoint_id, lock=True)
    if endpoint is None:
        return None
    attempt = await messages.attempt(tx.session, endpoint, job.attempt_id)
    if attempt is None or attempt.state not in UNDER_WAY:
        return None
    _note_sending(tx, attempt, outcome)
    _note_standing(tx, endpoint, attempt, outcome)
    wait = _note_ending(tx, endpoint, attempt, trial=job.trial)
    await move_line(tx, endpoint)
    return wait


async def give_up(tx: Transaction, job: DeliverMessage, death: Death) -> None:
    """The message's job has died, of nothing that a receiver can do; the others go on."""
    endpoint = await repository.endpoint(tx.session, job.workspace_id, job.endpoint_id, lock=True)
    if endpoint is None:
        return
    attempt = await messages.attempt(tx.session, endpoint, job.attempt_id)
    if attempt is not None and attempt.state in UNDER_WAY:
        attempt.error = death.reason[:500]
        _end(tx, attempt, MessageState.FAILED)
        await move_line(tx, endpoint)


async def _hold_back(work: Work, job: DeliverMessage) -> None:
    """The webhook is told nothing at present: the message goes back to its place in the line."""
    async with work.transaction() as tx:
        endpoint = await repository.endpoint(
            tx.session, job.workspace_id, job.endpoint_id, lock=True
        )
        if endpoint is None:
            return
        attempt = await messages.attempt(tx.session, endpoint, job.attempt_id)
        if attempt is not None and attempt.state in UNDER_WAY:
            _end(tx, attempt, MessageState.QUEUED)
        await move_line(tx, endpoint)


def _note_sending(tx: Transaction, attempt: WebhookAttempt, outcome: Outcome) -> None:
    attempt.attempts += 1
    attempt.status_code, attempt.answer, attempt.error = (
        outcome.status,
        outcome.answer,
        outcome.error,
    )
    attempt.latency_ms = round(outcome.latency * 1000)
    attempt.first_sent_at = attempt.first_sent_at or tx.now
    attempt.last_sent_at = tx.now
    attempt.next_attempt_at = None


def _note_standing(
    tx: Transaction, endpoint: WebhookEndpoint, attempt: WebhookAttempt, outcome: Outcome
) -> None:
    if outcome.delivered:
        _end(tx, attempt, MessageState.DELIVERED)
        endpoint.last_success_at = tx.now
    else:
        endpoint.last_failure_at = tx.now
    if attempt.event_id is None and not outcome.delivered:
        return  # a test is a question, and no news about the others
    before, after = endpoint.standing, _after(tx, endpoint.standing, outcome)
    if after.state is not before.state and not tx.log.holds(endpoint.workspace_id):
        return  # it has changed since the message was sent; the next one will tell
    endpoint.standing = after
    record_standing(tx, endpoint, before)
    is_failing = after.state is EndpointState.FAILING
    endpoint.next_probe_at = tx.now + rules.probe_wait(after.failures) if is_failing else None


def _note_ending(
    tx: Transaction, endpoint: WebhookEndpoint, attempt: WebhookAttempt, *, trial: bool
) -> float | None:
    if attempt.state is MessageState.DELIVERED:
        return None
    wait = rules.wait_after(attempt.attempts, _RANDOM.random())
    if attempt.event_id is None or attempt.error == NO_LONGER_LOGGED:
        _end(tx, attempt, MessageState.FAILED)
    elif trial or endpoint.state is not EndpointState.ACTIVE:
        _end(tx, attempt, MessageState.QUEUED)
    elif wait is None:
        _end(tx, attempt, MessageState.FAILED)
    else:
        attempt.state = MessageState.RETRYING
        attempt.next_attempt_at = tx.now + timedelta(seconds=wait)
        return wait
    return None


def _end(tx: Transaction, attempt: WebhookAttempt, state: MessageState) -> None:
    attempt.state = state
    attempt.next_attempt_at = None
    if state is MessageState.QUEUED:
        attempt.attempts, attempt.finished_at = 0, None
    else:
        attempt.finished_at = tx.now


def _after(tx: Transaction, before: Standing, outcome: Outcome) -> Standing:
    if outcome.delivered:
        return rules.after_success(before)
    if outcome.error == NO_LONGER_LOGGED:
        return before
    return rules.after_failure(before, outcome.status, tx.now)


def _body(message: Message) -> bytes | None:
    if message.attempt.event_id is None:
        return ping_body(message.endpoint, message.attempt)
    return None if message.event is None else event_body(from_row(message.event))
