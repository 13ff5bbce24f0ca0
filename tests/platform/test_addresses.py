"""The address of PostgreSQL is read by the driver, so all that libpq takes is taken."""

import pytest
from sqlalchemy import text

from taskly.platform.db.hot import HotPool
from taskly.platform.settings import Settings
from tests.support.database import engines
from tests.support.servers import Servers

pytestmark = pytest.mark.anyio


async def test_an_address_with_sslmode_connects_every_pool(servers: Servers) -> None:
    separator = "&" if "?" in servers.database_url else "?"
    settings = Settings(
        _env_file=None, database_url=f"{servers.database_url}{separator}sslmode=prefer"
    )
    async with engines(settings) as pools:
        for engine in pools:
            async with engine.connect() as connection:
                assert await connection.scalar(text("SELECT 1")) == 1
    hot = HotPool(settings, application="taskly tests")
    await hot.open()
    [row] = await hot.fetch_rows("SELECT 1 AS one")
    assert row["one"] == 1
    await hot.close()
