"""How commands say that something can't be done."""


class Refused(Exception):
    """It can't be done; the message says why, and what to do. `status` is the server's, if it was the server."""

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status
