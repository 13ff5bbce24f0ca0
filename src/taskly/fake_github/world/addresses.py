"""Where this GitHub is to be found."""

from dataclasses import dataclass
from urllib.parse import quote

API_PREFIX = "/api/v3"


@dataclass(frozen=True)
class Addresses:
    """URLs are made from the server's own address, never from a request."""

    web: str

    @property
    def api(self) -> str:
        """The root of the REST API."""
        return self.web + API_PREFIX

    def account(self, login: str) -> str:
        """A user or an organisation in the API."""
        return f"{self.api}/users/{quote(login)}"

    def profile(self, login: str) -> str:
        """A user's or an organisation's page."""
        return f"{self.web}/{quote(login)}"

    def avatar(self, account_id: int) -> str:
        """A user's picture."""
        return f"{self.web}/avatars/u/{account_id}?v=4"

    def repository(self, full_name: str) -> str:
        """A repository in the API."""
        return f"{self.api}/repos/{full_name}"

    def page(self, full_name: str) -> str:
        """A repository's page."""
        return f"{self.web}/{full_name}"
