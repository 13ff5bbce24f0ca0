"""What is so at the moment of asking: cards that have come apart from their code, and cards at risk."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from taskly.boards.models import BoardAccess
from taskly.github.development_schemas import SignOfDrift
from taskly.github.drifting import repository as drifting_repository
from taskly.github.drifting.finding import find_drift
from taskly.insights.rules.readings import SURE
from taskly.reports import repository
from taskly.reports.figures import Figures
from taskly.reports.naming import Names
from taskly.reports.rules.risks import Circumstances, OpenCard, Risk, at_risk
from taskly.reports.schemas import CardAtRisk, DriftInReport, Listed, RiskResponse
from taskly.sprints import capacity_repository
from taskly.sprints.models import Sprint
from taskly.sprints.rules.capacity import Burden, Finding, Strain, burdens, sentence

MOST_DRIFTING = 1_000
"""So many cards of a board are looked at: who has more of them has to clear up first."""


async def drift_on_board(
    session: AsyncSession, board: BoardAccess, now: datetime
) -> Listed[DriftInReport]:
    """The cards of a board that drift now, by key."""
    limit = MOST_DRIFTING
    rows = await drifting_repository.drifting_cards(session, board.id, now, after=None, limit=limit)
    return await drift_of(session, board, [row.id for row in rows], now)


async def drift_of(
    session: AsyncSession, board: BoardAccess, card_ids: Collection[UUID], now: datetime
) -> Listed[DriftInReport]:
    """Those of some cards that drift now, by key."""
    signs = {
        id_: found for id_, found in (await find_drift(session, card_ids, now)).items() if found
    }
    names = Names(await repository.cards_called(session, board.workspace_id, signs), {})
    ordered = sorted(signs, key=lambda card_id: _number_in(names, card_id))

    def show(card_id: UUID) -> DriftInReport:
        drift = [SignOfDrift.model_validate(each) for each in signs[card_id]]
        return DriftInReport(**names.of_card(card_id), drift=drift)

    return Listed[DriftInReport].of(ordered, show)


def _number_in(names: Names, card_id: UUID) -> int:
    key, _ = names.cards[card_id]
    return int(key.rpartition("-")[2])


async def risks_of(
    figures: Figures, sprints: Sequence[Sprint], cards: Sequence[OpenCard]
) -> Listed[CardAtRisk]:
    """Those of some open cards that may not be done in time, as the board and its sprints stand now."""
    board, session = figures.board, figures.session
    around = Circumstances(
        board_key=board.key,
        today=figures.today,
        old=await figures.old_cards(SURE),
        overloaded=await _overloaded(session, board, sprints),
    )
    found = at_risk(cards, around)
    user_ids = {user_id for card, _ in found for user_id in card.user_ids}
    names = Names({}, await repository.people_called(session, user_ids))

    def show(each: tuple[OpenCard, Sequence[Risk]]) -> CardAtRisk:
        card, reasons = each
        return CardAtRisk(
            card_id=card.card_id,
            key=f"{board.key}-{card.number}",
            title=card.title,
            points=card.points,
            people=names.everybody(card.user_ids),
            reasons=[RiskResponse.model_validate(reason) for reason in reasons],
        )

    return Listed[CardAtRisk].of(found, show)


async def _overloaded(
    session: AsyncSession, board: BoardAccess, sprints: Sequence[Sprint]
) -> dict[UUID, dict[UUID, str]]:
    """What is said of people who have more than they can take in one of the sprints, by sprint and person."""
    cards = await capacity_repository.assigned_cards(
        session, board.id, [sprint.id for sprint in sprints]
    )
    people = await capacity_repository.people(session, sprints)
    return {
        sprint.id: dict(_over(burdens(cards[sprint.id], people[sprint.id]))) for sprint in sprints
    }


def _over(found: Sequence[Burden]) -> Iterator[tuple[UUID, str]]:
    for each in found:
        if each.over > 0:
            yield each.person.id, sentence(Finding(Strain.PERSON_OVER, [each], each.over))
