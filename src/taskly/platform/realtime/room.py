"""A room: a stream as one process knows it. Here is the rule that makes live updates gapless.

A room takes the message whose version follows its own, and no other: an older one is a repeat, a
younger one says that something was missed. So it does not matter where a message comes from, how often
and in which order: from Redis, from the log, from both at once. Whoever finds something missing offers
the log's rows to the room, and the rule does the rest.
"""

from collections import deque
from collections.abc import Sequence
from itertools import islice
from typing import Protocol

from taskly.platform.events.log import Stream
from taskly.platform.realtime.messages import Message
from taskly.platform.realtime.presence import Presence

KEEP_CHARACTERS = 1024 * 1024


class Listener(Protocol):
    """Somebody who is told that a room has news."""

    def wake(self) -> None:
        """Take note and return at once."""
        ...


class Room:
    """A stream's version, its latest messages without a gap, and who listens."""

    def __init__(self, stream: Stream, version: int, *, keep_messages: int) -> None:
        self.stream = stream
        self.version = version
        self.history = 0
        """Counts how often the room gave up its history; a place in an older one means nothing."""
        self.people: tuple[Presence, ...] = ()
        self.people_text = ""
        """The message that shows them."""
        self.listeners: set[Listener] = set()
        self._keep_messages = keep_messages
        self._latest: deque[Message] = deque()
        self._characters = 0

    def offer(self, message: Message) -> bool:
        """Take the message if it is the next one; False if something before it is missing."""
        if message.version > self.version + 1:
            return False
        if message.version == self.version + 1:
            self.version = message.version
            self._latest.append(message)
            self._characters += len(message.text)
            self._forget_oldest()
            self.wake()
        return True

    def after(self, version: int) -> Sequence[Message] | None:
        """All messages after `version`, or None if the room does not remember them all."""
        missing = self.version - version
        if missing > len(self._latest):
            return None
        if missing == 1:
            return (self._latest[-1],)
        return tuple(islice(self._latest, len(self._latest) - missing, None))

    def remember(self, earlier: Sequence[Message]) -> None:
        """Keep messages from the log that lead up to the ones the room remembers, if there is space.

        After a restart everybody asks for the same ones.
        """
        for message in reversed(earlier):
            full = len(self._latest) >= self._keep_messages or self._characters >= KEEP_CHARACTERS
            if full or message.version != self.version - len(self._latest):
                return
            self._latest.appendleft(message)
            self._characters += len(message.text)

    def restart(self, version: int) -> None:
        """Go on from `version`; readers have lost their place."""
        self.version = version
        self.history += 1
        self._latest.clear()
        self._characters = 0
        self.wake()

    def show(self, people: tuple[Presence, ...], text: str) -> None:
        """Set who is here, and the message that says so."""
        if people != self.people:
            self.people = people
            self.people_text = text
            self.wake()

    def wake(self) -> None:
        """Tell the listeners to look."""
        for listener in self.listeners:
            listener.wake()

    def _forget_oldest(self) -> None:
        while len(self._latest) > self._keep_messages or (
            self._characters > KEEP_CHARACTERS and len(self._latest) > 1
        ):
            self._characters -= len(self._latest.popleft().text)
