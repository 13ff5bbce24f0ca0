"""The report of a sprint, put together from the log and from how things are called now."""

from functools import partial
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from taskly.boards.models import BoardAccess
from taskly.insights.asking import answer
from taskly.insights.rules.days import WorkCalendar
from taskly.insights.schemas import AmountResponse, SprintInChart
from taskly.insights.sprint_schemas import ScopeStep
from taskly.kit.zones import zone_called
from taskly.platform.http.problems import NotFound
from taskly.platform.runtime import Runtime
from taskly.reports import repository, standing_repository
from taskly.reports.figures import figures_of
from taskly.reports.naming import Names, board_in_report, pulls_on, thanked
from taskly.reports.rules import reading
from taskly.reports.rules.sprint import Delivered, Left, SprintState, SprintStory, tell
from taskly.reports.rules.thanks import thanks
from taskly.reports.schemas import (
    CardAtRisk,
    DeliveredCard,
    Listed,
    ScopeChangeInReport,
    Standing,
    ThanksResponse,
)
from taskly.reports.sprint_schemas import (
    DestinationResponse,
    LeftCard,
    ReopenedCard,
    SprintFigures,
    SprintInReport,
    SprintReport,
)
from taskly.reports.standing import drift_of, risks_of
from taskly.sprints.models import SprintAccess


async def sprint_report(
    runtime: Runtime, session: AsyncSession, access: SprintAccess
) -> SprintReport:
    """What became of a sprint by now.

    Raises:
        NotFound: the board or the sprint went in this moment.
    """
    board, now = access.board, runtime.clock.now()
    facts = await repository.board_facts(session, board.id)
    async with figures_of(runtime, board) as figures:
        sprint, cards = await figures.past_of_sprint(access.sprint.id)
    if facts is None or sprint is None:
        raise NotFound
    calendar = WorkCalendar(zone_called(facts.time_zone))
    story = await answer(partial(tell, sprint, cards, calendar, now))
    if story is None:
        raise NotFound
    names = await Names.read(session, board, story.card_ids, story.user_ids)
    risks = await _risks(runtime, session, access, story)
    return SprintReport(
        board=board_in_report(board, facts),
        sprint=_sprint(access, story),
        as_of=now,
        time_zone=facts.time_zone,
        reading=reading.of_sprint(story, risks.count),
        scope=AmountResponse.model_validate(story.scope),
        figures=story.outcome and SprintFigures.of(story.outcome),
        delivered=await _delivered(session, board, story, names),
        left=await _left(session, board, story, names),
        scope_changes=_changes(story, names),
        reopened=_reopened(story, names),
        now=Standing(
            as_of=now,
            drift=await drift_of(session, board, story.worked_on, now),
            at_risk=risks,
        ),
        thanks=await _thanks(session, board, story, names),
    )


def _sprint(access: SprintAccess, story: SprintStory) -> SprintInReport:
    shown = SprintInChart.of(story.window).model_dump()
    return SprintInReport(**shown, goal=access.sprint.goal, state=story.state)


def _changes(story: SprintStory, names: Names) -> Listed[ScopeChangeInReport]:
    steps = [ScopeStep.of(change) for change in story.burn.changes]
    return Listed[ScopeChangeInReport].of(steps, names.change)


async def _delivered(
    session: AsyncSession, board: BoardAccess, story: SprintStory, names: Names
) -> Listed[DeliveredCard]:
    card_ids = [each.card_id for each in story.delivered]
    merged = await repository.merged_on(session, board.workspace_id, card_ids, story.window.ends_at)

    def show(card: Delivered) -> DeliveredCard:
        return DeliveredCard(
            **names.of_card(card.card_id),
            points=card.points,
            people=names.everybody(card.doers),
            done_at=card.done_at,
            pull_requests=pulls_on(card.card_id, merged),
        )

    return Listed[DeliveredCard].of(story.delivered, show)


async def _left(
    session: AsyncSession, board: BoardAccess, story: SprintStory, names: Names
) -> Listed[LeftCard]:
    went = [each.destination for each in story.left if each.destination is not None]
    sprints = await repository.sprints_called(
        session, board.id, {each.sprint_id for each in went if each.sprint_id is not None}
    )

    def show(card: Left) -> LeftCard:
        to = card.destination
        return LeftCard(
            **names.of_card(card.card_id),
            points=card.points,
            people=names.everybody(card.people),
            destination=to
            and DestinationResponse(
                went=to.went,
                sprint_id=to.sprint_id,
                sprint_name=sprints.get(to.sprint_id) if to.sprint_id else None,
            ),
        )

    return Listed[LeftCard].of(story.left, show)


def _reopened(story: SprintStory, names: Names) -> Listed[ReopenedCard]:
    return Listed[ReopenedCard].of(
        story.burn.reopenings,
        lambda each: ReopenedCard(
            at=each.at,
            by=names.person(each.by),
            card=names.card(each.card_id),
            amount=AmountResponse.model_validate(each.amount),
        ),
    )


async def _risks(
    runtime: Runtime, session: AsyncSession, access: SprintAccess, story: SprintStory
) -> Listed[CardAtRisk]:
    """What may not be done in time: nothing, in a sprint whose time is over."""
    if story.state is SprintState.OVER:
        return Listed[CardAtRisk](count=0, items=[])
    board, sprint = access.board, access.sprint
    cards = await standing_repository.open_cards(session, board.id, [sprint.id])
    async with figures_of(runtime, board) as figures:
        return await risks_of(figures, [sprint], cards)


async def _thanks(
    session: AsyncSession, board: BoardAccess, story: SprintStory, names: Names
) -> list[ThanksResponse]:
    """People who completed cards of the sprint, or reviewed what was done for them while it ran."""
    window = story.window
    reviewed = await repository.reviewers(
        session, board.id, window.opens_at, window.ends_at, story.worked_on
    )
    done_by = frozenset[UUID]().union(*(each.doers for each in story.delivered))
    doers = [names.people[each] for each in done_by if each in names.people]
    return thanked(thanks(doers, reviewed))
