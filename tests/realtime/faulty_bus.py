"""A bus as bad as Redis may ever be."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from taskly.platform.events.log import Recorded
from taskly.platform.realtime.bus import RedisBus


@dataclass(slots=True)
class FaultyBus:
    """Loses, repeats, delays and swaps messages, as often as it is told to."""

    bus: RedisBus
    dice: random.Random
    loses: float = 0
    repeats: float = 0
    delays: float = 0
    lost: int = 0
    late: list[Recorded] = field(default_factory=list)

    async def publish(self, recorded: Sequence[Recorded]) -> None:
        """Send what is left of the events."""
        sent, self.late = self.late, []
        for each in recorded:
            if self.dice.random() < self.loses:
                self.lost += 1
                continue
            (self.late if self.dice.random() < self.delays else sent).append(each)
            if self.dice.random() < self.repeats:
                sent.append(each)
        if self.delays:
            self.dice.shuffle(sent)
        await self.bus.publish(sent)
