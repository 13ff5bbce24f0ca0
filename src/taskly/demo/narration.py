"""What people read: a few lines a step on a terminal, the same words without colours elsewhere."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from taskly.demo.answers import PullRequest
from taskly.demo.filling import Filled
from taskly.demo.story import Arrival, NotArrived
from taskly.demo.watching import CardView

AIM_SECONDS = 1.0
GOOD, BAD, QUIET = "green", "red", "dim"
TONES = {
    "passing": GOOD,
    "approved": GOOD,
    "merged": "magenta",
    "failing": BAD,
    "changes_requested": BAD,
}


class Narrator:
    """Tells what happens."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False, soft_wrap=True)

    def say(self, text: str) -> None:
        """A sentence."""
        self._console.print(text, markup=False)

    def began(self, seconds: float) -> None:
        """Everything runs."""
        self.say(f"They run; starting and filling took {seconds:.1f} s.")

    def filled(self, filled: Filled, repositories: Sequence[str]) -> None:
        """The boards are there."""
        boards = ", ".join(board.name for board in filled.boards)
        cards = sum(len(board.cards) for board in filled.boards)
        new = f"{filled.new_boards} boards and, with the archive, {filled.new_cards} cards are new"
        self.say(f"“{filled.workspace.name}” has the boards {boards} with {cards} cards; {new}.")
        self.say(f"Connected: {', '.join(repositories)}.")

    def opening(self, key: str, title: str) -> None:
        """The story begins."""
        self._console.print()
        self._console.rule(Text(f"{key}  {title}", style="bold"), align="left")

    def step(self, number: int, told: str) -> None:
        """Somebody does something."""
        self._console.print(Text(f"\n{number}  {told}", "bold"))

    def arrival(self, arrival: Arrival) -> None:
        """The socket has told it."""
        took = _milliseconds(arrival.seconds)
        self._console.print(Text.assemble("   ", shown(arrival.view)))
        self._console.print(Text.assemble("   ", ("on every open board after ", QUIET), took))

    def missed(self, failure: NotArrived) -> None:
        """The socket has not told it."""
        self._console.print(Text.assemble("\n", (str(failure), BAD)))
        self._console.print(Text.assemble("The card shows: ", shown(failure.view)))

    def summary(self, arrivals: Sequence[Arrival]) -> None:
        """All steps at a glance."""
        table = Table(box=None, pad_edge=False)
        table.add_column("Step")
        table.add_column("Arrived after", justify="right")
        table.add_column("The card shows")
        for arrival in arrivals:
            table.add_row(arrival.step.name, _milliseconds(arrival.seconds), shown(arrival.view))
        self._console.print()
        self._console.print(table, soft_wrap=False)

    def addresses(self, rows: Sequence[tuple[str, str]]) -> None:
        """Where to go on by oneself."""
        self._console.print()
        for title, address in rows:
            self._console.print(Text.assemble("  ", (f"{title:<14}", "bold"), address))
        self._console.print()


def shown(view: CardView) -> Text:
    """What a card shows, in one line."""
    line = Text.assemble((view.column, "bold cyan"))
    count = len(view.branches)
    if count:
        line.append(" · 1 branch" if count == 1 else f" · {count} branches")
    for pull in view.pull_requests:
        line.append(" · ").append_text(_pull_request(pull))
    return line


def _pull_request(pull: PullRequest) -> Text:
    line = Text.assemble(f"#{pull.number} ", (pull.state, TONES.get(pull.state, "")))
    if pull.checks is not None:
        line.append(", checks ").append(pull.checks, TONES.get(pull.checks, ""))
    if pull.review_decision is not None:
        words = pull.review_decision.replace("_", " ")
        line.append(", ").append(words, TONES.get(pull.review_decision, ""))
    return line


def _milliseconds(seconds: float) -> Text:
    return Text(f"{seconds * 1000:.0f} ms", GOOD if seconds < AIM_SECONDS else BAD)
