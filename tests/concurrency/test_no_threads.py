"""Nothing of ours is handed to a thread: what waits, waits on the event loop."""

from collections.abc import Iterator
from inspect import isasyncgenfunction, iscoroutinefunction

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from taskly.api.router import all_routes


def callables(dependant: Dependant) -> Iterator[object]:
    """What FastAPI calls for a request: the endpoint and everything that it depends on."""
    yield dependant.call
    for dependency in dependant.dependencies:
        yield from callables(dependency)


def runs_on_the_loop(call: object) -> bool:
    """Whether FastAPI awaits it; everything else it gives to a thread."""
    kind = type(call)
    awaited = call if callable(call) and hasattr(call, "__code__") else kind.__call__
    return iscoroutinefunction(awaited) or isasyncgenfunction(awaited)


def test_every_endpoint_and_every_dependency_is_asynchronous() -> None:
    routes = [route for route in all_routes() if isinstance(route, APIRoute)]
    threaded = {
        f"{route.path}: {call}"
        for route in routes
        for call in callables(route.dependant)
        if not runs_on_the_loop(call)
    }

    assert len(routes) > 20
    assert threaded == set()
