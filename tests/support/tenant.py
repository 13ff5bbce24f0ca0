"""A workspace with something of everything, and its people: what the requests of the policy are about."""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.support.actors import Actor, Json


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a session to work in, another to end, and a personal token of each scope."""

    actor: Actor
    session_id: str
    token_id: str
    workspace_import_id: str
    tokens: Mapping[str, str]
    refresh_token: str


@dataclass(frozen=True, slots=True)
class Tenant:
    """A workspace with something of everything, for requests to name."""

    people: Mapping[str, Person]
    workspace: Json
    board: Json
    other_board: Json
    card: Json
    neighbour: Json
    label_id: str
    item_id: str
    attachment_id: str
    comment_id: str
    operation_id: str
    sprint_id: str
    repository_id: str
    pull_request_id: str
    stopped_rule_id: str
    branch_id: str
    job_id: str
    link: str
    unsubscribe: str
    """The token of a link in a mail."""
    webhook_id: str
    delivery_id: str
    invitation_id: str
    invitation: str
    """The token of its link."""
    view_id: str
    link_id: str
    picture_token: str
    """The token in the address of that link."""
    import_id: str

    def names(self, person: str) -> dict[str, str]:
        """Values of the parameters of paths and queries, for a request of this person."""
        return {
            "workspace_id": self.workspace["id"],
            "board_id": self.board["id"],
            "card_id": self.card["id"],
            "card_key": self.card["key"],
            "column_id": self.board["columns"][-1]["id"],
            "label_id": self.label_id,
            "blocker_id": self.neighbour["id"],
            "item_id": self.item_id,
            "attachment_id": self.attachment_id,
            "comment_id": self.comment_id,
            "operation_id": self.operation_id,
            "user_id": self.user_id("other"),
            "repository_id": self.repository_id,
            "pull_request_id": self.pull_request_id,
            "stopped_rule_id": self.stopped_rule_id,
            "webhook_id": self.webhook_id,
            "delivery_id": self.delivery_id,
            "job_id": self.job_id,
            "session_id": self.people[person].session_id,
            "token_id": self.people[person].token_id,
            "workspace_import_id": self.people[person].workspace_import_id,
            "link": self.link,
            "unsubscribe": self.unsubscribe,
            "invitation_id": self.invitation_id,
            "view_id": self.view_id,
            "link_id": self.link_id,
            "token": self.picture_token,
            "sprint_id": self.sprint_id,
            "import_id": self.import_id,
        }

    def user_id(self, person: str) -> str:
        """Whose id to name in a body."""
        return str(self.people[person].actor.user_id)
