"""A client that follows a board through its WebSocket, as every open board does.

It reads the board once; from then on it knows only what the socket tells. When the connection is lost it
comes back with the version that it has, and gets the rest.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Subprotocol

from taskly.demo.answers import Branch, Card, Change, Column, Heard, PullRequest, Snapshot, Thing
from taskly.demo.client import Taskly

PROTOCOL = "taskly.v1"
RETURN_SECONDS = 0.1
OUR_FAULT = range(4400, 4500)
TOO_SLOW = 4408
"""Of the codes that say what we did wrong, the one after which coming back is right."""

Things = dict[str, dict[str, Any]]


class TurnedAway(Exception):
    """The server will not have this client again; the message says its close code."""


@dataclass(frozen=True, slots=True)
class CardView:
    """What a card shows on the board."""

    card: Card
    column: str
    branches: tuple[Branch, ...]
    pull_requests: tuple[PullRequest, ...]


Shows = Callable[[CardView], bool]


@dataclass(frozen=True, slots=True)
class Sight:
    """A card as it came to be seen, and when."""

    view: CardView
    at: float
    """Seconds of the monotonic clock."""


@dataclass(slots=True)
class _Waiting:
    card_id: UUID
    shows: Shows
    sight: asyncio.Future[Sight]


class BoardWatch:
    """A board as its socket tells it, while the block of `following` runs."""

    def __init__(self, taskly: Taskly, snapshot: Snapshot) -> None:
        self.versions: list[int] = []
        """The versions that were told, as they came."""
        self.connections = 0
        """How often the socket was opened."""
        self._taskly = taskly
        self.board_id = snapshot.id
        self._things: dict[str, Things] = {}
        self._version = 0
        self._waiting: list[_Waiting] = []
        self._opened = asyncio.Event()
        self._begin_with(snapshot)

    def view(self, card_id: UUID) -> CardView:
        """What a card shows now.

        Raises:
            KeyError: it is not on the board.
        """
        card = Card.model_validate(self._things["card"][str(card_id)])
        column = Column.model_validate(self._things["column"][str(card.column_id)])
        branches = [Branch.model_validate(each) for each in self._things["branch"].values()]
        pulls = [PullRequest.model_validate(each) for each in self._things["pull_request"].values()]
        return CardView(
            card=card,
            column=column.name,
            branches=tuple(branch for branch in branches if branch.card_id == card_id),
            pull_requests=tuple(pull for pull in pulls if pull.card_id == card_id),
        )

    def expect(self, card_id: UUID, shows: Shows) -> asyncio.Future[Sight]:
        """The moment from now on at which a card shows something. Ask before you make it happen."""
        sight: asyncio.Future[Sight] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(card_id, shows, sight))
        self._look(time.monotonic())
        return sight

    @asynccontextmanager
    async def following(self) -> AsyncIterator[Self]:
        """Listen while the block runs, which begins when the socket is open.

        Raises:
            TurnedAway: the server does not let us.
        """
        following = asyncio.create_task(self._follow())
        following.add_done_callback(self._give_up)
        opened = asyncio.create_task(self._opened.wait())
        try:
            await asyncio.wait({following, opened}, return_when=asyncio.FIRST_COMPLETED)
            if following.done():
                following.result()
            yield self
        finally:
            opened.cancel()
            following.cancel()
            await asyncio.wait({following, opened})

    async def _follow(self) -> None:
        while True:
            with suppress(OSError, InvalidHandshake, TimeoutError):
                async with self._connected() as socket:
                    await self._listen(socket)
            await asyncio.sleep(RETURN_SECONDS)

    def _connected(self) -> connect:
        address = self._taskly.address.replace("http", "ws", 1)
        return connect(
            f"{address}/ws/boards/{self.board_id}?since={self._version}",
            subprotocols=[
                Subprotocol(PROTOCOL),
                Subprotocol(f"bearer.{self._taskly.access_token}"),
            ],
            compression=None,
            proxy=None,
            max_size=None,
        )

    async def _listen(self, socket: ClientConnection) -> None:
        self.connections += 1
        try:
            while True:
                text = await socket.recv()
                await self._hear(Heard.model_validate_json(text), time.monotonic())
        except ConnectionClosed as closed:
            code = 0 if closed.rcvd is None else closed.rcvd.code
            if code in OUR_FAULT and code != TOO_SLOW:
                raise TurnedAway(f"The board's socket was closed with {code}.") from None

    async def _hear(self, heard: Heard, at: float) -> None:
        if heard.kind == "hello":
            self._opened.set()
        elif heard.kind == "reset":
            self._begin_with(await self._taskly.snapshot(self.board_id))
        elif heard.kind == "event" and heard.data is not None and heard.version is not None:
            self.versions.append(heard.version)
            self._version = heard.version
            self._apply(heard.data)
        self._look(at)

    def _apply(self, change: Change) -> None:
        things, thing_id = self._things.setdefault(change.entity, {}), str(change.id)
        if change.after is None:
            things.pop(thing_id, None)
        elif change.before is None:
            things[thing_id] = change.after
        elif thing_id in things:
            things[thing_id] = things[thing_id] | change.after

    def _begin_with(self, snapshot: Snapshot) -> None:
        self._version = snapshot.version
        lists: dict[str, Sequence[Thing]] = {
            "column": snapshot.columns,
            "card": snapshot.cards,
            "branch": snapshot.branches,
            "pull_request": snapshot.pull_requests,
        }
        self._things = {
            entity: {str(thing.id): thing.model_dump() for thing in things}
            for entity, things in lists.items()
        }

    def _look(self, at: float) -> None:
        for waiting in list(self._waiting):
            if waiting.sight.done():
                self._waiting.remove(waiting)
            elif waiting.shows(view := self.view(waiting.card_id)):
                waiting.sight.set_result(Sight(view, at))
                self._waiting.remove(waiting)

    def _give_up(self, following: asyncio.Task[None]) -> None:
        """Nothing more will be told: say so to those who wait."""
        error = None if following.cancelled() else following.exception()
        for waiting in self._waiting:
            if error is not None and not waiting.sight.done():
                waiting.sight.set_exception(error)
