"""Starting and completing a sprint of a board that the transaction has locked."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from taskly.cards.batch import CardBatch
from taskly.cards.errors import NoSuchSprint
from taskly.kit.zones import start_of_day, zone_called
from taskly.platform.db.session import Transaction
from taskly.sprints import repository
from taskly.sprints.errors import (
    NoNextSprint,
    NotInSprint,
    SprintIsCompleted,
    SprintIsStarted,
    SprintNotStarted,
)
from taskly.sprints.events import SprintChange, SprintCompleted, SprintReopened, SprintStarted
from taskly.sprints.models import Sprint, SprintAccess
from taskly.sprints.rules.outcome import ScopedCard, commitment, first_day, outcome
from taskly.sprints.schemas import SprintResponse
from taskly.sprints.step_schemas import CompleteSprint, SprintResult

Steps = Mapping[str, datetime | None]
"""`started_at`, `completed_at`, or both."""


async def start_sprint(tx: Transaction, access: SprintAccess) -> Sprint:
    """Start a sprint, whatever its days say; the log tells to which cards of how many points people commit.

    Raises:
        SprintIsStarted: it was started before.
        SprintIsCompleted: it is over.
    """
    sprint = access.sprint
    if sprint.completed_at is not None:
        raise SprintIsCompleted
    if sprint.started_at is not None:
        raise SprintIsStarted
    cards = await _scope(tx, sprint, sprint.starts_on)
    facts = commitment(sprint.goal, sprint.capacity, sprint.starts_on, cards)
    take_step(tx, sprint, SprintStarted, {"started_at": tx.now}, facts)
    return sprint


async def complete_sprint(tx: Transaction, access: SprintAccess, wanted: CompleteSprint) -> Sprint:
    """Complete a sprint: the log tells what came of it, and what is left goes elsewhere.

    Raises:
        SprintNotStarted: nobody started it.
        SprintIsCompleted: it is over already.
        NoNextSprint: what is left is to go to the next sprint, and there is none.
        NoSuchSprint: a card is to go to a sprint that the board does not have.
        NotInSprint: a card is named that is done, or is not in the sprint.
    """
    sprint = access.sprint
    if sprint.completed_at is not None:
        raise SprintIsCompleted
    if sprint.started_at is None:
        raise SprintNotStarted
    committed = await repository.facts_at(tx.session, sprint.board_id, sprint.started_version)
    cards = await _scope(tx, sprint, first_day(committed, sprint.starts_on))
    left = [card for card in cards if not card.is_done]
    destinations = await _destinations(tx, sprint, left, wanted)
    facts = outcome(sprint.goal, committed, cards)
    take_step(tx, sprint, SprintCompleted, {"completed_at": tx.now}, facts)
    batch = await CardBatch.load(tx, list(destinations))
    for card_id, sprint_id in destinations.items():
        batch.put(card_id, "sprint_id", sprint_id)
    await batch.store()
    return sprint


async def _scope(tx: Transaction, sprint: Sprint, first: date) -> list[ScopedCard]:
    """The cards that count to a sprint: not what was done before its first day, or before an earlier start."""
    zone = zone_called(await repository.time_zone_of(tx.session, sprint.workspace_id))
    began_at = min(sprint.started_at or tx.now, start_of_day(zone, first))
    return await repository.scope_of(tx.session, sprint.id, began_at)


def take_step(
    tx: Transaction,
    sprint: Sprint,
    kind: type[SprintChange],
    after: Steps,
    facts: Mapping[str, Any] | None,
) -> None:
    """Record that a sprint was started, completed or reopened, and where the log tells the facts."""
    before = {name: getattr(sprint, name) for name in after}
    for name, value in after.items():
        setattr(sprint, name, value)
    version = tx.record(
        sprint.board_id, kind(id=sprint.id, before=before, after=after, facts=facts)
    )
    if "started_at" in after:
        sprint.started_version = None if sprint.started_at is None else version
    if "completed_at" in after:
        sprint.completed_version = None if sprint.completed_at is None else version


def kind_of(after: Steps) -> type[SprintChange]:
    """What it is called that a sprint gets these."""
    if after.get("completed_at") is not None:
        return SprintCompleted
    return SprintReopened if after.get("started_at") is None else SprintStarted


async def stored(tx: Transaction, sprint: Sprint) -> SprintResult:
    """What came of a sprint by now, with what this transaction did."""
    await tx.store_log(sprint.board_id)
    return await result_of(tx.session, sprint, tx.now)


async def result_of(session: AsyncSession, sprint: Sprint, now: datetime) -> SprintResult:
    """To what people committed themselves when a sprint started, and what came of it."""
    shown = SprintResponse.of(await repository.in_plan(session, sprint.id), now)
    promised = await repository.facts_at(session, sprint.board_id, sprint.started_version)
    came = await repository.facts_at(session, sprint.board_id, sprint.completed_version)
    facts = {"commitment": promised or None, "outcome": came or None}
    return SprintResult.model_validate({"sprint": shown, **facts})


async def _destinations(
    tx: Transaction, sprint: Sprint, left: Sequence[ScopedCard], wanted: CompleteSprint
) -> dict[UUID, UUID | None]:
    """To which sprint, or to the backlog, each card goes that is not done."""
    chosen = {choice.card_id: choice.sprint_id for choice in wanted.cards}
    if not chosen.keys() <= {card.id for card in left}:
        raise NotInSprint
    named = {each for each in chosen.values() if each is not None}
    if named - {sprint.id} != await repository.sprints_among(
        tx.session, sprint.board_id, named - {sprint.id}
    ):
        raise NoSuchSprint
    others = [card.id for card in left if card.id not in chosen]
    following = None
    if wanted.unfinished == "next_sprint" and others:
        following = await repository.next_sprint(tx.session, sprint)
        if following is None:
            raise NoNextSprint
    return {**dict.fromkeys(others, following), **chosen}
