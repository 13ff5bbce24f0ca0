"""The report of a sprint, put together from the log and from how things are called now."""

from functools import partial
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from taskly.boards.models import BoardAccess
from taskly.insights.asking import answer
from taskly.insights.schemas import AmountResponse, SprintInChart
from taskly.insights.sprint_schemas import ScopeStep
from taskly.platform.http.problems import NotFound
from taskly.platform.runtime import Runtime
from taskly.reports import repository, standing_repository
from taskly.reports.figures import Figures, figures_of
from taskly.reports.naming import Names, board_in_report, pulls_on, thanked
from taskly.reports.repository import BoardFacts
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
from taskly.sprints.models import Sprint
from taskly.sprints.repository import sprint_row


async def sprint_report(runtime: Runtime, board: BoardAccess, sprint_id: UUID) -> SprintReport:
    """What became of a sprint by now.

    Raises:
        NotFound: there is no such sprint on the board, or one of them went in this moment.
        Unavailable: much has to be folded first.
    """
    async with figures_of(runtime, board) as figures:
        return await report_from(figures, sprint_id)


async def report_from(figures: Figures, sprint_id: UUID) -> SprintReport:
    """The same from figures that are at hand.

    Raises:
        NotFound: there is no such sprint on the board, or one of them went in this moment.
    """
    session, board = figures.session, figures.board
    sprint = await sprint_row(session, board.id, sprint_id)
    facts = await repository.board_facts(session, board.id)
    story = await _story(figures, sprint_id)
    if sprint is None or facts is None or story is None:
        raise NotFound
    return await _report(figures, facts, sprint, story)


async def _story(figures: Figures, sprint_id: UUID) -> SprintStory | None:
    past, cards = await figures.past_of_sprint(sprint_id)
    if past is None:
        return None
    return await answer(partial(tell, past, cards, figures.calendar, figures.as_of))


async def _report(
    figures: Figures, facts: BoardFacts, sprint: Sprint, story: SprintStory
) -> SprintReport:
    board, session, now = figures.board, figures.session, figures.as_of
    names = await Names.read(session, board, story.card_ids, story.user_ids)
    risks = await _risks(figures, sprint, story)
    return SprintReport(
        board=board_in_report(board, facts),
        sprint=_sprint(sprint, story),
        as_of=now,
        time_zone=figures.time_zone,
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


def _sprint(sprint: Sprint, story: SprintStory) -> SprintInReport:
    shown = SprintInChart.of(story.window).model_dump()
    return SprintInReport(**shown, goal=sprint.goal, state=story.state)


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


async def _risks(figures: Figures, sprint: Sprint, story: SprintStory) -> Listed[CardAtRisk]:
    """What may not be done in time: nothing, in a sprint whose time is over."""
    if story.state is SprintState.OVER:
        return Listed[CardAtRisk](count=0, items=[])
    cards = await standing_repository.open_cards(figures.session, figures.board.id, [sprint.id])
    return await risks_of(figures, [sprint], cards)


async def _thanks(
    session: AsyncSession, board: BoardAccess, story: SprintStory, names: Names
) -> list[ThanksResponse]:
    """People who completed cards of the sprint, or reviewed what was done for them while it ran."""
    window = story.window
    reviewed = await repository.reviewers(
        session,
        board.id,
        window.counts_from,
        window.ends_at,
        story.worked_on,
        named=names.people,
    )
    done_by = frozenset[UUID]().union(*(each.doers for each in story.delivered))
    doers = [names.people[each] for each in done_by if each in names.people]
    return thanked(thanks(doers, reviewed))
