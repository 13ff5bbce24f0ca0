"""What the accounts at GitHub are."""

OF_PROGRAMS = "[bot]"
"""How the logins of programs end, and no others: people's have no brackets."""


def is_program(login: str) -> bool:
    """Whether an account is that of a program, which is thanked by nobody.

    >>> is_program("dependabot[bot]"), is_program("bot")
    (True, False)
    """
    return login.endswith(OF_PROGRAMS)
