"""One card's way through the rules that are tried: what people did with it counts as it was, what rules did is left out."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from taskly.github.rules.automation import Automation, Rule
from taskly.github.rules.moving import begun, move_of
from taskly.github.rules.reasons import Named
from taskly.github.trying.replica import CodeChange
from taskly.github.trying.trial_repository import Columns, PastMove, PresentCard

RULES = frozenset(rule.value for rule in Rule)


@dataclass(frozen=True, slots=True)
class Heard:
    """A change of a card's code, and the delivery that told of it."""

    at: datetime
    delivery_id: UUID
    change: CodeChange


@dataclass(frozen=True, slots=True)
class TriedMove:
    """A move that a rule would have made."""

    heard: Heard
    rule: Rule
    from_column_id: UUID
    to_column_id: UUID
    because: Named


@dataclass(frozen=True, slots=True)
class Trial:
    """What would have become of a card, and what did."""

    would_move: list[TriedMove]
    would_be_in: UUID | None
    """None if it is not on the board's columns."""
    moved: list[PastMove]
    """By rules."""


@dataclass(frozen=True, slots=True)
class Tried:
    """The rules that are tried, and the board's columns."""

    automation: Automation
    columns: Columns

    def try_on(
        self,
        card: PresentCard,
        heard: Iterable[Heard],
        past: Sequence[PastMove],
        stopped: frozenset[Rule],
    ) -> Trial:
        """Walk through what was heard and what people did, in the order of time."""
        column_id = self._at_first(card, past)
        made: list[TriedMove] = []
        for step in _in_time(heard, [move for move in past if not _is_by_rule(move)]):
            if isinstance(step, PastMove):
                column_id = self._after(step, column_id)
            elif column_id is not None:
                move = self._move(step, column_id, stopped)
                if move is not None:
                    made.append(move)
                    column_id = move.to_column_id
        return Trial(made, column_id, [move for move in past if _is_by_rule(move)])

    def _move(self, heard: Heard, column_id: UUID, stopped: frozenset[Rule]) -> TriedMove | None:
        change, present = heard.change, self.columns.present
        rules = begun(change.before, change.after, self.automation, present)
        found = move_of(column_id, rules, present, stopped)
        if found is None:
            return None
        last, column = found
        return TriedMove(heard, last.rule, column_id, column.id, change.names[last.because])

    def _at_first(self, card: PresentCard, past: Sequence[PastMove]) -> UUID | None:
        if not past:
            return None if card.archived_at is not None else card.column_id
        return self._column_in(past[0].before)

    def _after(self, move: PastMove, column_id: UUID | None) -> UUID | None:
        if move.after is None or "column_id" in move.after:
            return self._column_in(move.after)
        return column_id

    def _column_in(self, state: Mapping[str, object] | None) -> UUID | None:
        if state is None or "column_id" not in state:
            return None
        column_id = UUID(str(state["column_id"]))
        return self.columns.stand_ins.get(column_id, column_id)


def _in_time(heard: Iterable[Heard], past: Iterable[PastMove]) -> Iterator[Heard | PastMove]:
    steps: list[Heard | PastMove] = [*past, *heard]
    return iter(sorted(steps, key=lambda step: step.at))


def _is_by_rule(move: PastMove) -> bool:
    return move.reason.get("rule") in RULES
