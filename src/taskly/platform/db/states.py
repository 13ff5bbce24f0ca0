"""What PostgreSQL's SQLSTATE says about whether trying again is right (PostgreSQL, appendix A)."""

_OTHERS = frozenset({"40001", "40P01", "55P03"})
"""Serialisation failure, deadlock, lock time-out."""
_BUSY = _OTHERS | {"57014"}
"""Those, and statement time-out."""
_AWAY = ("08", "53", "57")
"""Classes: no connection, no resources, the operator has intervened."""


def is_for_others(state: str) -> bool:
    """Whether the statement gave way to what others did at the same moment, and was not slow by itself."""
    return state in _OTHERS


def is_busy(state: str) -> bool:
    """Whether the statement met others, and may go through when it is sent again."""
    return state in _BUSY


def is_away(state: str) -> bool:
    """Whether it is about the server and not about the statement."""
    return state.startswith(_AWAY) and not is_busy(state)
