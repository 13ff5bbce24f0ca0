"""Every query that tells people something, or asks what they were told."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, exists, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from taskly.boards.models import Board
from taskly.cards.models import Card, CardComment
from taskly.github.models import Alert, GitRepository
from taskly.kit.ids import new_id
from taskly.kit.json import dumps
from taskly.notifications.models import Notification, NotificationSetting
from taskly.notifications.rules import NotificationKind, Telling
from taskly.users.models import User
from taskly.workspaces.models import Role, Workspace, WorkspaceInvitation, WorkspaceMember

MOST_COUNTED = 1000
_ACTOR = aliased(User)

_TELL = text(
    """
    INSERT INTO notifications (
        id, user_id, kind, occasion, event_id, workspace_id, card_id, comment_id, invitation_id,
        actor_id, about, in_app, by_mail, created_at
    )
    SELECT DISTINCT ON (told.user_id, told.occasion)
        told.id, told.user_id, told.kind, told.occasion, told.event_id, told.workspace_id,
        told.card_id, told.comment_id, told.invitation_id, told.actor_id, told.about::jsonb,
        COALESCE(setting.in_app, true), wanted.by_mail, :at
    FROM unnest(
        CAST(:ids AS uuid[]), CAST(:user_ids AS uuid[]), CAST(:kinds AS notification_kind[]),
        CAST(:occasions AS text[]), CAST(:event_ids AS uuid[]), CAST(:workspace_ids AS uuid[]),
        CAST(:card_ids AS uuid[]), CAST(:comment_ids AS uuid[]), CAST(:invitation_ids AS uuid[]),
        CAST(:actor_ids AS uuid[]), CAST(:abouts AS text[])
    ) AS told (
        id, user_id, kind, occasion, event_id, workspace_id, card_id, comment_id, invitation_id,
        actor_id, about
    )
    JOIN users AS person ON person.id = told.user_id AND person.deleted_at IS NULL
    LEFT JOIN workspace_members AS member
        ON member.workspace_id = told.workspace_id AND member.user_id = told.user_id
    LEFT JOIN notification_settings AS setting
        ON setting.user_id = told.user_id AND setting.kind = told.kind
    CROSS JOIN LATERAL (
        -- An invitation has a mail of its own.
        SELECT COALESCE(setting.email, true) AND :mails AND person.email IS NOT NULL
            AND told.invitation_id IS NULL AS by_mail
    ) AS wanted
    WHERE (member.user_id IS NOT NULL OR told.invitation_id IS NOT NULL)
        AND (COALESCE(setting.in_app, true) OR wanted.by_mail)
    ORDER BY told.user_id, told.occasion, told.kind
    ON CONFLICT DO NOTHING
    RETURNING user_id, by_mail
    """
)

_WATCHERS = text(
    """
    SELECT card_id, user_id FROM card_watchers WHERE card_id = ANY(:card_ids) AND watching
    UNION SELECT card_id, user_id FROM card_assignees WHERE card_id = ANY(:card_ids)
    UNION SELECT card_id, author_id FROM card_comments
        WHERE card_id = ANY(:card_ids) AND deleted_at IS NULL
    EXCEPT SELECT card_id, user_id FROM card_watchers WHERE card_id = ANY(:card_ids) AND NOT watching
    """
)

_INVITED = text(
    """
    SELECT invitation.id AS invitation_id, person.id AS user_id
    FROM workspace_invitations AS invitation
    CROSS JOIN LATERAL (
        SELECT id FROM users
        WHERE lower(email) = lower(invitation.email) AND deleted_at IS NULL
        UNION SELECT id FROM users
        WHERE verified_emails @> ARRAY[lower(invitation.email)] AND deleted_at IS NULL
    ) AS person
    WHERE invitation.id = ANY(:invitation_ids)
    """
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A notification with what it speaks of, as the person may see it now."""

    notification: Notification
    workspace_name: str
    board_id: UUID | None
    board_name: str | None
    board_key: str | None
    card_number: int | None
    card_title: str | None
    comment: str | None
    actor_name: str | None

    @property
    def card_key(self) -> str | None:
        """What people call the card, such as `PAY-12`."""
        return None if self.card_number is None else f"{self.board_key}-{self.card_number}"


async def tell(
    session: AsyncSession, tellings: Sequence[Telling], *, mails: bool, at: datetime
) -> set[UUID]:
    """Note what people are told who may see it and want to; whom of them a mail has to reach.

    One statement, however much it is. What was told before is not told again.
    """
    rows = await session.execute(
        _TELL,
        {
            "ids": [new_id() for _ in tellings],
            "user_ids": [each.user_id for each in tellings],
            "kinds": [each.kind.value for each in tellings],
            "occasions": [each.occasion for each in tellings],
            "event_ids": [each.event_id for each in tellings],
            "workspace_ids": [each.workspace_id for each in tellings],
            "card_ids": [each.card_id for each in tellings],
            "comment_ids": [each.comment_id for each in tellings],
            "invitation_ids": [each.invitation_id for each in tellings],
            "actor_ids": [each.actor_id for each in tellings],
            "abouts": [dumps(each.about).decode() for each in tellings],
            "mails": mails,
            "at": at,
        },
    )
    return {row.user_id for row in rows if row.by_mail}


async def watchers_of(session: AsyncSession, card_ids: Collection[UUID]) -> list[tuple[UUID, UUID]]:
    """Who wants to hear of some cards, as pairs of card and person; see `cards.parts_repository`."""
    rows = await session.execute(_WATCHERS, {"card_ids": list(card_ids)})
    return [(row.card_id, row.user_id) for row in rows]


async def people_invited(
    session: AsyncSession, invitation_ids: Collection[UUID]
) -> list[tuple[UUID, UUID]]:
    """For whom GitHub has verified the addresses that were invited, as pairs of invitation and person."""
    rows = await session.execute(_INVITED, {"invitation_ids": list(invitation_ids)})
    return [(row.invitation_id, row.user_id) for row in rows]


async def people_called(
    session: AsyncSession, workspace_id: UUID, logins: Collection[str], *, at_github: bool = False
) -> dict[str, UUID]:
    """The people of the workspace with these logins, by their logins in small letters.

    `at_github` leaves out those whose accounts are not GitHub's: anybody may be called anything.
    """
    login = func.lower(User.login)
    query = (
        select(login, User.id)
        .join(WorkspaceMember, WorkspaceMember.user_id == User.id)
        .where(WorkspaceMember.workspace_id == workspace_id, login.in_(list(logins)))
    )
    if at_github:
        query = query.where(User.github_id.is_not(None))
    rows = await session.execute(query)
    return {row[0]: row[1] for row in rows}


async def admins_to_alert(
    session: AsyncSession, workspace_id: UUID, repository_id: UUID, alert: str
) -> list[UUID]:
    """Who of a workspace is told of this alert about the repository, and has no unread notification of it.

    Its admins; when access is lost whoever gave it, too.
    """
    known = Notification.about["repository_alert"]
    is_listed = exists().where(
        Notification.user_id == WorkspaceMember.user_id,
        Notification.kind == NotificationKind.REPOSITORY_ALERT,
        Notification.read_at.is_(None),
        Notification.in_app,
        known["repository_id"].astext == str(repository_id),
        known["alert"].astext == alert,
    )
    is_concerned = WorkspaceMember.role == Role.ADMIN
    if alert == Alert.ACCESS_LOST:
        owner = select(GitRepository.connected_by).where(GitRepository.id == repository_id)
        is_concerned |= WorkspaceMember.user_id == owner.scalar_subquery()
    admins = select(WorkspaceMember.user_id).where(
        WorkspaceMember.workspace_id == workspace_id, is_concerned, ~is_listed
    )
    return list(await session.scalars(admins))


async def notifications_of(
    session: AsyncSession,
    user_id: UUID,
    *,
    now: datetime,
    unread: bool,
    older_than: UUID | None,
    limit: int,
) -> list[Shown]:
    """What a person was told and may still see, the latest first."""
    query = (
        shown_to(user_id, now)
        .where(Notification.in_app)
        .order_by(Notification.id.desc())
        .limit(limit)
    )
    if unread:
        query = query.where(Notification.read_at.is_(None))
    if older_than is not None:
        query = query.where(Notification.id < older_than)
    return [Shown(*row) for row in await session.execute(query)]


async def count_unread(session: AsyncSession, user_id: UUID, *, now: datetime) -> int:
    """How much of it was not read; a thousand means that many or more."""
    unread = (
        visible_to(user_id, now, select(Notification.id))
        .where(Notification.in_app, Notification.read_at.is_(None))
        .limit(MOST_COUNTED)
        .subquery()
    )
    return await session.scalar(select(func.count()).select_from(unread)) or 0


async def mark_read(
    session: AsyncSession,
    user_id: UUID,
    *,
    ids: Collection[UUID],
    up_to: UUID,
    at: datetime,
) -> int:
    """Note that a person has read some, and all up to one that is theirs; how many were unread."""
    newest = select(Notification.id).where(
        Notification.id == up_to, Notification.user_id == user_id
    )
    chosen = or_(Notification.id.in_(list(ids)), Notification.id <= newest.scalar_subquery())
    read = await session.scalars(
        update(Notification)
        .where(
            Notification.user_id == user_id,
            Notification.in_app,
            Notification.read_at.is_(None),
            chosen,
        )
        .values(read_at=at)
        .returning(Notification.id)
    )
    return len(read.all())


async def settings_of(
    session: AsyncSession, user_id: UUID
) -> dict[NotificationKind, NotificationSetting]:
    """What a person wants to hear, where that is not everything."""
    query = select(NotificationSetting).where(NotificationSetting.user_id == user_id)
    return {row.kind: row for row in await session.scalars(query)}


async def change_settings(
    session: AsyncSession, user_id: UUID, changes: dict[NotificationKind, dict[str, bool]]
) -> None:
    """Change what a person wants to hear of some kinds; what is not named stays."""
    for name in ("in_app", "email"):
        rows: list[dict[str, Any]] = [
            {"user_id": user_id, "kind": kind, "in_app": True, "email": True} | {name: wanted[name]}
            for kind, wanted in changes.items()
            if name in wanted
        ]
        if rows:
            statement = insert(NotificationSetting).values(rows)
            await session.execute(
                statement.on_conflict_do_update(
                    index_elements=["user_id", "kind"],
                    set_={name: statement.excluded[name]},
                )
            )


async def forget(
    session: AsyncSession, *, read_before: datetime, made_before: datetime, limit: int
) -> int:
    """Delete some notifications that were read, or made, long ago; how many."""
    # What was read before a time was made before it, too: the index on the latter serves both.
    old = (
        select(Notification.id)
        .where(
            Notification.created_at < read_before,
            or_(Notification.read_at < read_before, Notification.created_at < made_before),
        )
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    gone = await session.scalars(
        delete(Notification).where(Notification.id.in_(old)).returning(Notification.id)
    )
    return len(gone.all())


def shown_to(user_id: UUID, now: datetime) -> Select[*tuple[Any, ...]]:
    """A person's notifications with what they speak of; the columns of `Shown`."""
    return visible_to(
        user_id,
        now,
        select(
            Notification,
            Workspace.name,
            Board.id,
            Board.name,
            Board.key,
            Card.number,
            Card.title,
            CardComment.body,
            _ACTOR.name,
        ),
    )


def visible_to(
    user_id: UUID, now: datetime, query: Select[*tuple[Any, ...]]
) -> Select[*tuple[Any, ...]]:
    """Only what the person may see now: in workspaces that they are in, of cards and invitations that are there."""
    invited = (
        WorkspaceInvitation.accepted_at.is_(None)
        & WorkspaceInvitation.revoked_at.is_(None)
        & (WorkspaceInvitation.expires_at > now)
    )
    return (
        query.select_from(Notification)
        .join(Workspace, Workspace.id == Notification.workspace_id)
        .outerjoin(
            WorkspaceMember,
            (WorkspaceMember.workspace_id == Notification.workspace_id)
            & (WorkspaceMember.user_id == Notification.user_id),
        )
        .outerjoin(Card, Card.id == Notification.card_id)
        .outerjoin(Board, Board.id == Card.board_id)
        .outerjoin(CardComment, CardComment.id == Notification.comment_id)
        .outerjoin(WorkspaceInvitation, WorkspaceInvitation.id == Notification.invitation_id)
        .outerjoin(_ACTOR, _ACTOR.id == Notification.actor_id)
        .where(
            Notification.user_id == user_id,
            or_(WorkspaceMember.user_id.is_not(None), invited),
            or_(Notification.card_id.is_(None), Card.deleted_at.is_(None)),
        )
    )
