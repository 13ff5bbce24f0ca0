"""How cards, days and people are written out in reports."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, tzinfo
from typing import TypeVar

from taskly.github.urls import card_url
from taskly.insights.code_schemas import MergedResponse
from taskly.insights.rules.burning import ScopeChangeKind
from taskly.insights.rules.wording import counted
from taskly.insights.schemas import AmountResponse
from taskly.reports.document import Line, Link, Row, Section, safe_url
from taskly.reports.rules.reading import listing
from taskly.reports.rules.risks import RiskKind
from taskly.reports.rules.thanks import Thanked
from taskly.reports.schemas import (
    CardAtRisk,
    CardInReport,
    CardWithPoints,
    DriftInReport,
    Listed,
    PersonInReport,
    ScopeChangeInReport,
    ThanksResponse,
)

Item = TypeVar("Item")
_GONE = "a card that is gone"
_THANKS = {
    Thanked.COMPLETED: "completed cards",
    Thanked.REVIEWED: "reviewed pull requests",
}
_CHANGES = {
    ScopeChangeKind.ADDED: ("added", "to"),
    ScopeChangeKind.REMOVED: ("taken out", "of"),
    ScopeChangeKind.ESTIMATED: ("estimated anew", "in"),
}


class Pen:
    """Writes for readers who are in a time zone, and find cards at an address."""

    def __init__(self, public_url: str, zone: tzinfo) -> None:
        self._public_url = public_url
        self._zone = zone

    def date(self, at: datetime) -> date:
        """The day to which a moment belongs."""
        return at.astimezone(self._zone).date()

    def day(self, at: datetime) -> str:
        """The day of a moment, as in `Tue 24 Nov`."""
        local = self.date(at)
        return f"{local:%a} {local.day} {local:%b}"

    def line(self, card: CardInReport, *notes: str | Link | None) -> Line:
        """A card, and what there is to say of it."""
        linked = None
        if card.key is not None:
            key, _, number = card.key.rpartition("-")
            linked = Link(card.key, safe_url(card_url(self._public_url, key, int(number))))
        said = [Link(note) if isinstance(note, str) else note for note in notes if note]
        return Line(card.title or ("" if linked else _GONE), linked, tuple(said))

    def work(self, card: CardWithPoints, *notes: str | Link | None) -> Line:
        """A card with its points and people."""
        return self.line(card, estimate(card), names(card.people), *notes)

    def change(self, change: ScopeChangeInReport, sprint: str | None = None) -> Line:
        """A change of the scope, of a sprint that may have to be named."""
        what, where = _CHANGES[change.kind]
        if sprint is not None:
            what = f"{what} {where} {sprint}"
        who = "" if change.by is None else f" by {change.by.name}"
        return self.line(
            change.card, f"{what}{who}", signed(change.amount.points), self.day(change.at)
        )

    def risk(self, card: CardAtRisk) -> Line:
        """A card at risk, and why: with who is on it, unless a reason names them."""
        reasons = [reason.detail for reason in card.reasons]
        if any(reason.kind is RiskKind.OVERLOADED for reason in card.reasons):
            return self.line(card, estimate(card), *reasons)
        return self.work(card, *reasons)

    def drift(self, card: DriftInReport) -> Line:
        """A card that drifts, and what to do."""
        return self.line(card, *(sign.advice.removesuffix(".") for sign in card.drift))


def estimate(card: CardWithPoints) -> str | None:
    """What a card comes to, if that was estimated."""
    return None if card.points is None else counted(card.points, "point")


def names(people: Sequence[PersonInReport]) -> str:
    """Some people."""
    return listing([person.name for person in people])


def pull(request: MergedResponse) -> Link:
    """A pull request by its number."""
    return Link(f"{request.repository}#{request.number}", safe_url(request.url))


def signed(points: int) -> str | None:
    """By how much points grew; nothing, if they did not."""
    if not points:
        return None
    return f"{'+' if points > 0 else '-'}{counted(abs(points), 'point')}"


def row(name: str, amount: AmountResponse, *, sign: bool = False) -> Row:
    """Some work in figures, with a sign if it is a change."""
    cards, points = (f"{n:+}" if sign and n else str(n) for n in (amount.cards, amount.points))
    return Row(name, cards, points)


def section(
    heading: str,
    listed: Listed[Item],
    show: Callable[[Item], Line],
    *,
    most: int,
    about: str = "",
) -> Section:
    """A list with how long it is, and as much of it as is wanted."""
    lines = [show(item) for item in listed.items[:most]]
    return Section(f"{heading} ({listed.count})", lines, about, listed.count - len(lines))


def thanks_to(thanked: Sequence[ThanksResponse]) -> Section:
    """Whom to thank, and what for."""
    return Section(
        "Thanks to",
        [
            Line(
                each.person.name,
                notes=(Link(listing([_THANKS[reason] for reason in each.reasons])),),
            )
            for each in thanked
        ],
    )


def filled(sections: Iterable[Section]) -> list[Section]:
    """Without the sections in which nothing stands."""
    return [each for each in sections if each.lines]
