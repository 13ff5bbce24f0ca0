"""What can keep an instance from starting."""


class CannotStart(Exception):
    """The instance can't start; the message says in plain sentences why and what to do."""
