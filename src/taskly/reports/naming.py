"""How the cards and people of a report are called, as they are called now."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from taskly.boards.models import BoardAccess
from taskly.insights.code_schemas import MergedResponse
from taskly.insights.sprint_schemas import ScopeStep
from taskly.reports import repository
from taskly.reports.repository import BoardFacts, Merged
from taskly.reports.rules.thanks import Person, Thanks
from taskly.reports.schemas import (
    BoardInReport,
    CardInReport,
    PersonInReport,
    ScopeChangeInReport,
    ThanksResponse,
)


@dataclass(frozen=True, slots=True)
class Names:
    """The keys and titles of cards, and people by name."""

    cards: Mapping[UUID, tuple[str, str]]
    people: Mapping[UUID, Person]

    @classmethod
    async def read(
        cls,
        session: AsyncSession,
        board: BoardAccess,
        card_ids: Collection[UUID],
        user_ids: Collection[UUID],
    ) -> Self:
        """Those of some cards of the board's workspace, and of some people."""
        cards = await repository.cards_called(session, board.workspace_id, card_ids)
        return cls(cards, await repository.people_called(session, user_ids))

    def of_card(self, card_id: UUID) -> dict[str, Any]:
        """The fields of a `CardInReport`."""
        key, title = self.cards.get(card_id, (None, ""))
        return {"card_id": card_id, "key": key, "title": title}

    def card(self, card_id: UUID) -> CardInReport:
        """A card."""
        return CardInReport(**self.of_card(card_id))

    def person(self, user_id: UUID | None) -> PersonInReport | None:
        """Somebody; None for nobody, or who is not known any more."""
        found = self.people.get(user_id) if user_id is not None else None
        return None if found is None else shown(found)

    def everybody(self, user_ids: Iterable[UUID]) -> list[PersonInReport]:
        """Some people, by name."""
        found = [self.people[each] for each in user_ids if each in self.people]
        return [shown(each) for each in sorted(found, key=lambda person: person.name.casefold())]

    def change(self, step: ScopeStep) -> ScopeChangeInReport:
        """A change of the scope."""
        return ScopeChangeInReport.model_validate(
            {
                "at": step.at,
                "by": self.person(step.by),
                "card": self.card(step.card_id),
                "kind": step.kind,
                "amount": {"cards": step.cards, "points": step.points},
            }
        )


def board_in_report(board: BoardAccess, facts: BoardFacts) -> BoardInReport:
    """The board, as a report shows it."""
    return BoardInReport(
        id=board.id, key=board.key, name=facts.name, workspace_name=facts.workspace_name
    )


def shown(person: Person) -> PersonInReport:
    """Somebody, as a report shows them."""
    return PersonInReport(user_id=person.id, name=person.name)


def pulls_on(card_id: UUID, merged: Mapping[UUID, Sequence[Merged]]) -> list[MergedResponse]:
    """What was merged on a card."""
    return [MergedResponse.model_validate(each) for each in merged.get(card_id, ())]


def thanked(thanks: Iterable[Thanks]) -> list[ThanksResponse]:
    """Whom to thank, as a report shows it."""
    return [
        ThanksResponse(person=shown(each.person), reasons=list(each.reasons)) for each in thanks
    ]
