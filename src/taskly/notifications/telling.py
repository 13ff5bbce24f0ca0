"""Telling people what concerns them, in the transaction of the change that does.

Whatever happens to how many cards, it takes a fixed number of statements. Nobody is told of what they did
themselves, nor of what they can't see.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from taskly.cards.events import (
    CardCreated,
    CardUpdated,
    CommentCreated,
    CommentUpdated,
)
from taskly.github.events import RepositoryAlerted, ReviewRequested
from taskly.notifications import repository
from taskly.notifications.rules import (
    NotificationKind,
    Telling,
    logins_added,
    not_by_oneself,
    people_added,
)
from taskly.notifications.windows import gather
from taskly.platform.db.session import Transaction
from taskly.platform.events.log import Recorded
from taskly.workspaces.events import InvitationCreated, InvitationRenewed, MemberAdded

_PULL_REQUEST = ("repository", "number", "title", "url")


async def tell_of_changes(tx: Transaction, changes: Sequence[Recorded]) -> None:
    """Tell everybody whom these changes concern."""
    cards = _of(changes, CardCreated.type, CardUpdated.type)
    comments = _of(changes, CommentCreated.type, CommentUpdated.type)
    invitations = _of(changes, InvitationCreated.type, InvitationRenewed.type)
    await deliver(
        tx,
        [
            *_assigned(cards),
            *await _mentioned_on_cards(tx, cards),
            *_mentioned_in_comments(comments),
            *await _watching(tx, _of(comments, CommentCreated.type)),
            *_added(_of(changes, MemberAdded.type)),
            *await _invited(tx, invitations),
            *await _asked_to_review(tx, _of(changes, ReviewRequested.type)),
            *await _alerted(tx, _of(changes, RepositoryAlerted.type)),
        ],
    )


async def deliver(tx: Transaction, tellings: Sequence[Telling]) -> None:
    """Note what people are told, and see to it that a mail follows for those who want one."""
    wanted = not_by_oneself(tellings)
    if not wanted:
        return
    # What it speaks of may not have been stored yet.
    await tx.session.flush()
    by_mail = await repository.tell(tx.session, wanted, mails=tx.mails, at=tx.now)
    await gather(tx, by_mail)


def _of(changes: Sequence[Recorded], *types: str) -> list[Recorded]:
    return [change for change in changes if change.type in types]


def _assigned(changes: Sequence[Recorded]) -> list[Telling]:
    return [
        _telling(change, user_id, NotificationKind.ASSIGNED)
        for change in changes
        for user_id in people_added(**_states(change), name="assignee_ids")
    ]


async def _mentioned_on_cards(tx: Transaction, changes: Sequence[Recorded]) -> list[Telling]:
    """Who is named in the text of a card and was not before."""
    named = {change.id: logins for change in changes if (logins := logins_added(**_states(change)))}
    if not named:
        return []
    wanted = {login for each in named.values() for login in each}
    workspace_id = changes[0].stream.workspace_id
    people = await repository.people_called(tx.session, workspace_id, wanted)
    return [
        _telling(change, people[login], NotificationKind.MENTIONED)
        for change in changes
        for login in named.get(change.id, ())
        if login in people
    ]


def _mentioned_in_comments(changes: Sequence[Recorded]) -> list[Telling]:
    return [
        _telling(change, user_id, NotificationKind.MENTIONED, comment_id=change.data["id"])
        for change in changes
        for user_id in people_added(**_states(change), name="mention_ids")
    ]


async def _watching(tx: Transaction, changes: Sequence[Recorded]) -> list[Telling]:
    """Who wants to hear of the cards that somebody commented on."""
    card_ids = {change.card_id for change in changes if change.card_id is not None}
    if not card_ids:
        return []
    watchers = await repository.watchers_of(tx.session, card_ids)
    return [
        _telling(change, user_id, NotificationKind.COMMENTED, comment_id=change.data["id"])
        for change in changes
        for card_id, user_id in watchers
        if card_id == change.card_id
    ]


def _added(changes: Sequence[Recorded]) -> list[Telling]:
    return [
        _telling(
            change,
            change.data["id"],
            NotificationKind.INVITED,
            about={"role": change.data["after"]["role"]},
        )
        for change in changes
    ]


async def _invited(tx: Transaction, changes: Sequence[Recorded]) -> list[Telling]:
    """Whoever is known here by the address that was invited."""
    if not changes:
        return []
    await tx.session.flush()
    invitations = {change.data["id"]: change for change in changes}
    return [
        _telling(
            invitations[invitation_id],
            user_id,
            NotificationKind.INVITED,
            invitation_id=invitation_id,
            about={"role": invitations[invitation_id].data["after"]["role"]},
        )
        for invitation_id, user_id in await repository.people_invited(tx.session, invitations)
    ]


async def _asked_to_review(tx: Transaction, changes: Sequence[Recorded]) -> list[Telling]:
    """Whose account at GitHub is asked; once, also where the pull request has several cards."""
    if not changes:
        return []
    logins = {login.lower() for change in changes for login in change.data["after"]["reviewers"]}
    people = await repository.people_called(
        tx.session, changes[0].stream.workspace_id, logins, at_github=True
    )
    return [
        _review_of(change, people[login.lower()])
        for change in changes
        for login in change.data["after"]["reviewers"]
        if login.lower() in people
    ]


def _review_of(change: Recorded, user_id: UUID) -> Telling:
    pull = change.data["after"]
    told = _telling(
        change,
        user_id,
        NotificationKind.REVIEW_REQUESTED,
        about={"pull_request": {name: pull[name] for name in _PULL_REQUEST}},
    )
    return replace(told, occasion=f"review:{pull['pull_request_id']}:{pull['as_of'].isoformat()}")


async def _alerted(tx: Transaction, changes: Sequence[Recorded]) -> list[Telling]:
    """The workspace's admins, but for those who have not read yet that the same is wrong."""
    tellings = []
    for change in changes:
        about = {"repository_alert": {"repository_id": change.data["id"], **change.data["after"]}}
        admins = await repository.admins_to_alert(
            tx.session,
            change.stream.workspace_id,
            change.data["id"],
            about["repository_alert"]["alert"],
        )
        tellings += [
            _telling(change, user_id, NotificationKind.REPOSITORY_ALERT, about=about)
            for user_id in admins
        ]
    return tellings


def _states(change: Recorded) -> dict[str, Any]:
    return {name: change.data[name] for name in ("before", "after")}


def _telling(change: Recorded, user_id: UUID, kind: NotificationKind, **further: Any) -> Telling:
    """What a person is told of a change."""
    return Telling(
        user_id=user_id,
        kind=kind,
        occasion=str(change.id),
        event_id=change.id,
        workspace_id=change.stream.workspace_id,
        card_id=change.card_id,
        actor_id=change.actor.user_id,
        **further,
    )
