"""The links of invitations: who holds one may join.

A token is an HMAC of the invitation's id and of the number of its issue, under the keys that sign access
tokens, so 256 bits that nobody guesses. Nothing but its hash is stored, and still the worker that sends the
mail makes the same link, also when it sends the mail once more. Why, see docs/adr/0011-invitation-links.md.
"""

from taskly.kit.tokens import constant_time_equal, hash_token
from taskly.platform.settings import Settings
from taskly.users.rules import base64url
from taskly.users.signing_keys import SigningKeys
from taskly.workspaces.models import WorkspaceInvitation

PURPOSE = "taskly invitation"
LINK_PATH = "/invitations"
"""The page where people join, see `taskly.api.pages`. The token is in the fragment, which browsers keep to themselves: it gets
into no log and no `Referer` on the way."""


class LinkGone(Exception):
    """The key under which the link was made is not among the keys any more, or a newer link was made."""


class InvitationLinks:
    """Makes the tokens of invitations, and knows them again."""

    def __init__(self, settings: Settings) -> None:
        self._keys = SigningKeys.parse(settings.jwt_keys.get_secret_value())
        self._public_url = settings.public_url

    def issue(self, invitation: WorkspaceInvitation) -> str:
        """Put the hash of the token for the present issue into the invitation; the link."""
        token = base64url(next(self._keys.derive(PURPOSE, _message(invitation))))
        invitation.token_hash = hash_token(token)
        return self._link(token)

    def link(self, invitation: WorkspaceInvitation) -> str:
        """The link that was issued last, found also while keys change.

        Raises:
            LinkGone: the key is gone.
        """
        for raw in self._keys.derive(PURPOSE, _message(invitation)):
            token = base64url(raw)
            if constant_time_equal(hash_token(token), invitation.token_hash):
                return self._link(token)
        raise LinkGone("the key under which the link was made is gone: send the invitation again")

    def _link(self, token: str) -> str:
        return f"{self._public_url}{LINK_PATH}#token={token}"


def _message(invitation: WorkspaceInvitation) -> str:
    return f"{invitation.id}|{invitation.issue}"
