"""What is typed or piped into a command."""

from taskly.client.refusal import Refused


def decoded(typed: bytes) -> str:
    """Text of standard input, whatever the system's encoding is.

    Raises:
        Refused: it is no UTF-8.
    """
    try:
        return typed.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(f"Standard input is not UTF-8, from byte {error.start} on.") from error
