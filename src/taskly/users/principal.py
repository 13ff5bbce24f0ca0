"""Who makes a request, and what the credentials that came with it allow."""

from dataclasses import dataclass
from uuid import UUID

from taskly.users.errors import InsufficientScope
from taskly.users.personal_tokens import EVERY_SCOPE, Scope


@dataclass(frozen=True, slots=True)
class Principal:
    """A person who is signed in, by a session or by a personal token."""

    user_id: UUID
    session_id: UUID | None = None
    token_id: UUID | None = None
    scopes: frozenset[Scope] = EVERY_SCOPE
    """What the credentials allow; a session allows everything that the person may do."""

    def require(self, scope: Scope) -> None:
        """Refuse credentials that are too narrow.

        Raises:
            InsufficientScope: with the scope that is needed.
        """
        if scope not in self.scopes:
            raise InsufficientScope(
                f"This needs a token with the scope {scope.value}.", scope=scope.value
            )
