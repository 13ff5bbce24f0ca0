"""Trying rules on what GitHub sent: which cards would have moved where.

The deliveries of the last days are read once more and taken in by a replica of the board's code in memory, with the
functions that decide about real moves. Nothing is written or locked, and nothing is told to anybody. What was known
before is rebuilt from what is held, as of then.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from taskly.boards.models import BoardAccess
from taskly.cards.key_repository import CardKey, known_keys
from taskly.github.deliveries.payloads import UnreadablePayload, read_payload
from taskly.github.facts import facts_repository
from taskly.github.facts.descriptions import pull_request_in, review_in
from taskly.github.learning.naming import Naming
from taskly.github.models import GitRepository
from taskly.github.rules.automation import Automation
from taskly.github.rules.facts import Branch, PullRequest, Told
from taskly.github.rules.linking import Link
from taskly.github.stopping import stop_repository
from taskly.github.trying import trial_repository
from taskly.github.trying.replica import PullKey, Replica, Source
from taskly.github.trying.schemas import (
    DryRun,
    PastMoveResponse,
    TriedCard,
    TriedMoveResponse,
)
from taskly.github.trying.trial import Heard, Trial, Tried
from taskly.github.trying.trial_repository import KeptDelivery, PresentCard
from taskly.platform.runtime import Runtime
from taskly.workspaces.access import require_role
from taskly.workspaces.models import Role

MOST_DELIVERIES = 20_000
MOST_CARDS = 500
AT_A_TIME = 50
"""So many payloads are read and worked out before others in the process have their turn."""
BYTES_AT_A_TIME = 4 * 1024 * 1024
LONGEST = timedelta(seconds=15)


@dataclass(slots=True)
class _Listening:
    """How far the deliveries were worked out."""

    replica: Replica
    sources: dict[UUID, Source]
    github_ids: dict[UUID, int]
    heard: dict[UUID, list[Heard]]
    deliveries: int = 0
    until: datetime | None = None


async def dry_run(
    runtime: Runtime, session: AsyncSession, board: BoardAccess, automation: Automation, days: int
) -> DryRun:
    """What rules would have done on a board in the last days. For members.

    Raises:
        Forbidden: the caller's role is too small.
    """
    require_role(board.role, Role.MEMBER)
    now = runtime.clock.now()
    since = now - timedelta(days=days)
    listening = await _begin(runtime, session, board, since)
    kept = await trial_repository.kept_deliveries(
        session, listening.sources, since, limit=MOST_DELIVERIES + 1
    )
    complete = len(kept) <= MOST_DELIVERIES
    for some in _parts(kept[:MOST_DELIVERIES]):
        if runtime.clock.now() > now + LONGEST:
            complete = False
            break
        await _listen(session, board, listening, await trial_repository.payloads(session, some))
    until = now if complete else listening.until or since
    cards = await _try(session, board, automation, listening, since)
    return DryRun(
        since=since,
        until=until,
        deliveries=listening.deliveries,
        complete=complete and len(cards) <= MOST_CARDS,
        cards=cards[:MOST_CARDS],
    )


def _parts(kept: Sequence[tuple[UUID, int]]) -> Iterator[list[UUID]]:
    """Deliveries, a few at a time: of large ones fewer."""
    part: list[UUID] = []
    size = 0
    for delivery_id, length in kept:
        if part and (len(part) == AT_A_TIME or size + length > BYTES_AT_A_TIME):
            yield part
            part, size = [], 0
        part.append(delivery_id)
        size += length
    if part:
        yield part


async def _begin(
    runtime: Runtime, session: AsyncSession, board: BoardAccess, since: datetime
) -> _Listening:
    """What was known of the board's code before."""
    rows = await trial_repository.repositories(session, board.workspace_id)
    keys = await known_keys(session, board.workspace_id)
    settings = runtime.settings
    replica = Replica(Naming(tuple(keys), settings.public_url), settings.github_web_url)
    sources = {id_: Source(id_, row.full_name) for id_, row in rows.items()}
    changed = await _know_pull_requests(session, replica, board.id, sources, since)
    for branch in await trial_repository.branches_of_board(session, board.id, sources, since):
        known = Branch(branch.name, exists=True, as_of=branch.created_at)
        replica.know_branch(sources[branch.repository_id], branch.card_id, known)
    await _find_cards(session, replica, board, replica.named_before(changed))
    return _Listening(replica, sources, _github_ids(rows), {})


def _github_ids(rows: dict[UUID, GitRepository]) -> dict[UUID, int]:
    return {id_: row.github_id for id_, row in rows.items()}


async def _know_pull_requests(
    session: AsyncSession,
    replica: Replica,
    board_id: UUID,
    sources: dict[UUID, Source],
    since: datetime,
) -> set[PullKey]:
    """Pull requests of the board's cards as they stood then, and what people decided about links, whenever they did.

    Those that changed since may be told of.
    """
    numbers: dict[UUID, PullKey] = {}
    pulls: dict[PullKey, PullRequest] = {}
    links: dict[PullKey, dict[UUID, Link]] = {}
    for known in await trial_repository.links_of_board(session, board_id, sources):
        link, row = known.link, known.pull
        key = (row.repository_id, row.number)
        numbers[row.id], pulls[key] = key, pull_request_in(row)
        own = links.setdefault(key, {})
        if link.removed_at is not None:
            replica.removed[key] = replica.removed.get(key, frozenset()) | {link.card_id}
        elif not link.source.is_automatic or link.created_at <= since:
            own[link.card_id] = Link(link.source, link.closes)
    for known_commit in await trial_repository.commits_of(session, numbers, since):
        key = numbers[known_commit.pull_request_id]
        replica.know_commit(key, known_commit.commit, is_old=known_commit.since <= since)
    for review in await trial_repository.reviews_of(session, numbers, since):
        key = numbers[review.pull_request_id]
        said = review_in(review, key[1])
        replica.reviews.setdefault(key, {})[said.reviewer_id] = said
    for key, pull in pulls.items():
        if pull.opened_at <= since:
            replica.know(sources[key[0]], _as_of(pull, since))
        replica.know_links(sources[key[0]], pull.number, links[key])
    return {key for key, pull in pulls.items() if pull.as_of >= since}


def _as_of(pull: PullRequest, since: datetime) -> PullRequest:
    """How a pull request stood at a time, as far as that follows from how it stands now."""
    if pull.as_of <= since:
        return replace(pull, asked=False)
    was_merged = pull.merged_at is not None and pull.merged_at <= since
    return replace(
        pull,
        asked=False,
        as_of=pull.opened_at,
        closed=was_merged,
        merged_at=pull.merged_at if was_merged else None,
    )


async def _listen(
    session: AsyncSession,
    board: BoardAccess,
    listening: _Listening,
    deliveries: Sequence[KeptDelivery],
) -> None:
    """Work some deliveries out."""
    replica = listening.replica
    told = [(each, _read(each, listening.github_ids)) for each in deliveries]
    named = (key for _, each in told for key in replica.named_in(each))
    await _find_cards(session, replica, board, named)
    for delivery, each in told:
        for change in replica.tell(listening.sources[delivery.repository_id], each):
            heard = Heard(delivery.processed_at, delivery.delivery_id, change)
            listening.heard.setdefault(change.card_id, []).append(heard)
        listening.deliveries += 1
        listening.until = delivery.processed_at


async def _find_cards(
    session: AsyncSession, replica: Replica, board: BoardAccess, named: Iterable[CardKey]
) -> None:
    """Find the cards of the board that are named, and are not known yet."""
    keys = set(named) - replica.cards.keys()
    found = await facts_repository.cards(session, board.workspace_id, keys)
    replica.cards |= {key: card for key, card in found.items() if card.board_id == board.id}


def _read(delivery: KeptDelivery, github_ids: dict[UUID, int]) -> Told:
    try:
        reading = read_payload(delivery.event, delivery.payload, received_at=delivery.received_at)
    except UnreadablePayload:
        return Told()
    is_own = reading.repository_id == github_ids[delivery.repository_id]
    return reading.told if is_own and reading.ignored is None else Told()


async def _try(
    session: AsyncSession,
    board: BoardAccess,
    automation: Automation,
    listening: _Listening,
    since: datetime,
) -> list[TriedCard]:
    """Try the rules on each card whose code changed."""
    heard = listening.heard
    columns = await trial_repository.columns_of(session, board.id)
    tried, stopped = Tried(automation, columns), await stop_repository.stopped_rules(session, heard)
    past: dict[UUID, list[trial_repository.PastMove]] = {}
    for move in await trial_repository.past_moves(session, board.id, heard, since):
        past.setdefault(move.card_id, []).append(move)
    cards = []
    for card in await trial_repository.present_cards(session, board.id, heard):
        trial = tried.try_on(
            card, heard[card.id], past.get(card.id, []), stopped.get(card.id, frozenset())
        )
        if trial.would_move or trial.moved:
            cards.append(_shown(card, trial))
    return cards


def _shown(card: PresentCard, trial: Trial) -> TriedCard:
    return TriedCard(
        id=card.id,
        key=card.key,
        title=card.title,
        column_id=card.column_id if card.archived_at is None else None,
        would_be_in=trial.would_be_in,
        would_move=[TriedMoveResponse.of(move) for move in trial.would_move],
        moved=[PastMoveResponse.of(move) for move in trial.moved],
    )
