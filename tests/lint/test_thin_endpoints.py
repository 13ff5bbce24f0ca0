"""Endpoints parse, call a service and return."""

from tests.lint.samples import lines
from tools.lint import thin_endpoints

GOOD = '''\
from taskly.cards import moving

@router.post("/cards/{card_id}/move")
async def move_card(card, body, tx):
    """Move a card.

    The docstring may be long,
    as it is what the API's document shows.
    """
    return await moving.move_card(tx, card, body)
'''


def long_endpoint(statements: int) -> str:
    body = "\n".join(f"    step_{number}()" for number in range(statements))
    return f'async def read_card(card):\n    """Read."""\n{body}\n'


def test_a_short_endpoint_that_calls_a_service_is_fine() -> None:
    assert lines(thin_endpoints.check, "src/taskly/cards/endpoints.py", GOOD) == []


def test_fifteen_lines_are_enough_for_an_endpoint() -> None:
    path = "src/taskly/cards/comment_endpoints.py"
    assert lines(thin_endpoints.check, path, long_endpoint(15)) == []
    assert lines(thin_endpoints.check, path, long_endpoint(16)) == [1]


def test_sqlalchemy_in_endpoints_is_found() -> None:
    code = """\
    import sqlalchemy
    from sqlalchemy.ext.asyncio import AsyncSession
    """
    assert lines(thin_endpoints.check, "src/taskly/cards/endpoints.py", code) == [1, 2]
    assert lines(thin_endpoints.check, "src/taskly/cards/repository.py", code) == []


def test_an_endpoint_that_uses_the_session_is_found() -> None:
    code = """\
    async def read_card(session):
        return await session.get(1)
    """
    assert lines(thin_endpoints.check, "src/taskly/cards/endpoints.py", code) == [2]
    assert lines(thin_endpoints.check, "src/taskly/cards/reading.py", code) == []


def test_only_the_api_imports_endpoints() -> None:
    code = "from taskly.cards import endpoints as cards\n"
    assert lines(thin_endpoints.check, "src/taskly/api/router.py", code) == []
    assert lines(thin_endpoints.check, "src/taskly/cards/moving.py", code) == [1]
    assert lines(thin_endpoints.check, "src/taskly/worker/app.py", code) == [1]
    assert lines(thin_endpoints.check, "tests/contract/test_routes.py", code) == []
