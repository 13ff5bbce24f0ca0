"""Dependencies that yield end before the answer is sent."""

from tests.lint.samples import places, source
from tools.lint import scoped_dependencies

ACCESS = source(
    "src/taskly/users/access.py",
    """\
    from collections.abc import AsyncIterator
    from typing import Annotated
    from fastapi import Depends

    async def read_session(request) -> AsyncIterator[str]:
        yield "session"

    def signed_in(request) -> str:
        def names():
            yield "inner"
        return "somebody"

    ReadSession = Annotated[str, Depends(read_session, scope="function")]
    SignedIn = Annotated[str, Depends(signed_in)]
    """,
)


def test_a_generator_with_the_scope_and_a_plain_function_without_are_fine() -> None:
    assert places(scoped_dependencies.check, ACCESS) == []


def test_a_generator_without_the_scope_is_found_in_its_own_file() -> None:
    code = """\
    from fastapi import Depends
    def session():
        yield 1
    A = Depends(session)
    B = Depends(session, scope="request")
    C = Depends(dependency=session)
    D = Depends()
    """
    found = places(scoped_dependencies.check, source("src/taskly/cards/access.py", code))
    assert found == [f"src/taskly/cards/access.py:{line}" for line in (4, 5, 6)]


def test_a_generator_without_the_scope_is_found_across_files() -> None:
    by_name = source(
        "src/taskly/cards/endpoints.py",
        """\
        from fastapi import Depends as Needs
        from taskly.users.access import read_session
        def read_card(session=Needs(read_session)): ...
        """,
    )
    by_module = source(
        "src/taskly/boards/endpoints.py",
        """\
        import fastapi
        from taskly.users import access
        def read_board(session=fastapi.Depends(access.read_session)): ...
        """,
    )
    found = places(scoped_dependencies.check, ACCESS, by_name, by_module)
    assert found == ["src/taskly/cards/endpoints.py:3", "src/taskly/boards/endpoints.py:3"]
