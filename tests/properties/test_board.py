"""The board as a state machine against a small pure model, and its log against its snapshot."""

from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.support.actors import Actor, Json, column, expect, titles
from tests.support.board_model import BoardModel
from tests.support.folding import as_comparable, differences, fold, read_whole_log

pytestmark = pytest.mark.anyio

COLUMNS = ("To Do", "In Progress", "Done")
STEPS = ("create", "move", "archive", "restore", "delete", "edit")
PLACES = ("end", "after", "before", "position")


@dataclass(frozen=True, slots=True)
class Step:
    """Something that somebody does; numbers choose among what is there."""

    kind: str
    card: int
    column: int
    place: str
    neighbour: int
    position: int


steps = st.lists(
    st.builds(
        Step,
        kind=st.sampled_from(STEPS),
        card=st.integers(0, 99),
        column=st.integers(0, len(COLUMNS) - 1),
        place=st.sampled_from(PLACES),
        neighbour=st.integers(0, 99),
        position=st.integers(0, 6),
    ),
    min_size=1,
    max_size=25,
)


@dataclass(slots=True)
class Game:
    """The real board and the model, side by side."""

    actor: Actor
    board: Json
    model: BoardModel
    cards: dict[str, Json] = field(default_factory=dict)
    made: int = 0

    async def play(self, step: Step) -> None:
        """Do one step on both."""
        present = self.model.cards
        if step.kind == "create":
            await self.create(step)
        elif present:
            await getattr(self, step.kind)(present[step.card % len(present)], step)

    async def create(self, step: Step) -> None:
        self.made += 1
        title = f"card {self.made:02}"
        place = self.place(title, step)
        self.cards[title] = await self.actor.card(self.board, title, **place)

    async def move(self, title: str, step: Step) -> None:
        if title in self.model.archived:
            return
        column_name = self.model.column_of(title)
        index = self.model.columns[column_name].index(title)
        version = (await self.actor.snapshot(self.board["id"]))["version"]
        self.model.take(title)
        await self.actor.move(self.cards[title], **self.place(title, step))
        if self.stays(title, column_name, index):
            assert (await self.actor.snapshot(self.board["id"]))["version"] == version

    def stays(self, title: str, column_name: str, index: int) -> bool:
        """Whether the model has the card where it was."""
        return (
            self.model.column_of(title) == column_name
            and self.model.columns[column_name].index(title) == index
        )

    async def archive(self, title: str, _: Step) -> None:
        expect(await self.actor.post(f"/cards/{self.cards[title]['id']}/archive"), 200)
        self.model.archived.add(title)

    async def restore(self, title: str, _: Step) -> None:
        expect(await self.actor.post(f"/cards/{self.cards[title]['id']}/restore"), 200)
        self.model.archived.discard(title)

    async def delete(self, title: str, _: Step) -> None:
        expect(await self.actor.delete(f"/cards/{self.cards[title]['id']}"), 204)
        self.model.take(title)
        self.model.archived.discard(title)

    async def edit(self, title: str, step: Step) -> None:
        patch = {"description": f"edited {step.position}", "story_points": step.position}
        expect(await self.actor.patch(f"/cards/{self.cards[title]['id']}", json=patch), 200)

    def place(self, title: str, step: Step) -> dict[str, object]:
        """Put the card somewhere in the model; the same place in the words of the API."""
        name = COLUMNS[step.column]
        visible = sorted(set(self.model.cards) - self.model.archived - {title})
        if step.place in {"after", "before"} and visible:
            neighbour = visible[step.neighbour % len(visible)]
            put = self.model.put_after if step.place == "after" else self.model.put_before
            put(title, neighbour)
            return {step.place: self.cards[neighbour]["id"]}
        column_id = column(self.board, name)["id"]
        if step.place == "position":
            self.model.put_at(title, name, step.position)
            return {"column_id": column_id, "position": step.position}
        self.model.put_at_end(title, name)
        return {"column_id": column_id}


@settings(
    max_examples=25,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=steps)
async def test_a_board_does_what_the_model_does_and_its_log_tells_it(
    alice: Actor, history: list[Step]
) -> None:
    board = await alice.board(await alice.workspace(), columns=[{"name": name} for name in COLUMNS])
    game = Game(alice, board, BoardModel({name: [] for name in COLUMNS}))
    middle = None
    for index, step in enumerate(history):
        await game.play(step)
        if index == len(history) // 2:
            middle = await alice.snapshot(board["id"])

    snapshot = await alice.snapshot(board["id"])
    for name in COLUMNS:
        assert titles(snapshot, name) == game.model.visible(name)
    log = await read_whole_log(alice, board["id"])
    assert [event["version"] for event in log] == list(range(1, snapshot["version"] + 1))
    assert differences(fold(log), as_comparable(snapshot)) == []
    assert middle is not None
    rest = [event for event in log if event["version"] > middle["version"]]
    assert differences(fold(rest, middle), as_comparable(snapshot)) == []
