"""A stream's way from the log to its listeners, with real servers."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random

import pytest

from taskly.kit.clock import Clock, FrozenClock, SystemClock
from taskly.platform.db.engine import make_reader, make_writer
from taskly.platform.db.session import Database
from taskly.platform.events.announce import BackgroundAnnouncer
from taskly.platform.realtime.bus import RedisBus
from taskly.platform.realtime.hub import Hub, Pace
from taskly.platform.redis import make_request_redis, make_subscriber_redis
from taskly.platform.settings import Settings
from tests.realtime.faulty_bus import FaultyBus
from tests.realtime.redis_process import RedisProcess, redis_process
from tests.realtime.scribe import Scribe
