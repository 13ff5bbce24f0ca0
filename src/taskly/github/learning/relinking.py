"""The links between what GitHub tells and cards: branches and pull requests come and go with their texts."""

from dataclasses import dataclass
from uuid import UUID

from taskly.github.facts import facts_repository
from taskly.github.learning.lesson import Lesson
from taskly.github.learning.naming import resolve
from taskly.github.models import BranchState, CardBranch, CardPullRequest, PullRequestRow
from taskly.github.recording import (
    State,
    branch_state,
    named_branch,
    named_pull_request,
    pull_request_state,
    record_branch,
    record_pull_request,
)
from taskly.github.rules.facts import Branch, later_branch
from taskly.github.rules.linking import Link, compare_links, wanted_links
from taskly.github.rules.reasons import Reason, found, linked, told_of, unlinked
from taskly.github.urls import branch_url
from taskly.kit.ids import new_id


@dataclass(frozen=True, slots=True)
class Shown:
    """Links as the snapshot shows them at some moment, by id; those that it does not show are left out."""

    pull_requests: dict[UUID, State | None]
    branches: dict[UUID, State]


def shown(lesson: Lesson) -> Shown:
    """The links as they are shown now."""
    return Shown(
        {
            link.id: pull_request_state(link, lesson.pulls[number], lesson.repository)
            for (number, card_id), link in lesson.links.items()
            if card_id not in lesson.archived
        },
        {
            branch.id: branch_state(branch, lesson.repository)
            for (_, card_id), branch in lesson.branches.items()
            if card_id not in lesson.archived
        },
    )


async def store(lesson: Lesson) -> None:
    """Write the links that follow from what was told."""
    for number in lesson.relinked:
        await _relink(lesson, number)
    for branch in lesson.told.branches:
        _follow_branch(lesson, branch)
    await lesson.tx.session.flush()


def record(lesson: Lesson, before: Shown) -> None:
    """Record what changed of each link, on its card's board."""
    after = shown(lesson)
    links = {link.id: link for link in [*lesson.gone, *lesson.links.values()]}
    numbers = {pull.id: number for number, pull in lesson.pulls.items()}
    for link_id, link in sorted(links.items()):
        pull = lesson.pulls[numbers[link.pull_request_id]]
        was, now = before.pull_requests.get(link_id), after.pull_requests.get(link_id)
        record_pull_request(lesson.tx, link, was, now, _why_linked(lesson, link, pull, was, now))
    for branch in sorted(lesson.branches.values(), key=lambda branch: branch.id):
        was, now = before.branches.get(branch.id), after.branches.get(branch.id)
        named = named_branch(branch, lesson.repository)
        why = found(named, lesson.cause) if was is None else told_of(named, lesson.cause)
        record_branch(lesson.tx, branch, was, now, why)


def _why_linked(
    lesson: Lesson,
    link: CardPullRequest,
    pull: PullRequestRow,
    was: State | None,
    now: State | None,
) -> Reason:
    named = named_pull_request(pull, lesson.repository)
    if was is None or (now is not None and now["source"] != was["source"]):
        return linked(link.source, named, lesson.cause)
    return unlinked(named, lesson.cause) if now is None else told_of(named, lesson.cause)


async def _relink(lesson: Lesson, number: int) -> None:
    own = {card_id: link for (of, card_id), link in lesson.links.items() if of == number}
    changes = compare_links(
        {
            card_id: Link(link.source, link.closes)
            for card_id, link in own.items()
            if link.removed_at is None
        },
        wanted_links(resolve(lesson.mentions[number], lesson.cards)),
        removed=frozenset(card_id for card_id, link in own.items() if link.removed_at is not None),
    )
    for card_id, link in changes.added.items():
        row = _new_link(lesson, number, card_id, link)
        lesson.links[number, card_id] = row
        lesson.tx.session.add(row)
    for card_id, link in changes.changed.items():
        own[card_id].source, own[card_id].closes = link.source, link.closes
    for card_id in changes.gone:
        lesson.gone.append(lesson.links.pop((number, card_id)))
    await facts_repository.delete_links(
        lesson.tx.session, [own[card_id].id for card_id in changes.gone]
    )


def _new_link(lesson: Lesson, number: int, card_id: UUID, link: Link) -> CardPullRequest:
    return CardPullRequest(
        id=new_id(),
        workspace_id=lesson.repository.workspace_id,
        board_id=lesson.boards_of_cards[card_id],
        card_id=card_id,
        pull_request_id=lesson.pulls[number].id,
        source=link.source,
        closes=link.closes,
    )


def _follow_branch(lesson: Lesson, told: Branch) -> None:
    """Note on the cards that have the branch, or are named by it, whether it is there."""
    for key in lesson.naming.in_branch(told.name):
        card = lesson.cards.get(key)
        if card is not None and (told.name, card.id) not in lesson.branches:
            row = _new_branch(lesson, told.name, card.id)
            lesson.branches[told.name, card.id] = row
            lesson.tx.session.add(row)
    for (name, _), branch in lesson.branches.items():
        if name == told.name:
            _note(branch, told)


def _note(branch: CardBranch, told: Branch) -> None:
    if branch.state is BranchState.CREATING and not told.exists:
        return  # An earlier branch of this name went; ours is still to come.
    known = None
    if branch.github_updated_at is not None:
        known = Branch(branch.name, branch.state is BranchState.CREATED, branch.github_updated_at)
    counts = later_branch(known, told)
    branch.state = BranchState.CREATED if counts.exists else BranchState.DELETED
    branch.error = None
    branch.github_updated_at = counts.as_of


def _new_branch(lesson: Lesson, name: str, card_id: UUID) -> CardBranch:
    return CardBranch(
        id=new_id(),
        board_id=lesson.boards_of_cards[card_id],
        card_id=card_id,
        name=name,
        url=branch_url(lesson.settings.github_web_url, lesson.repository.full_name, name),
        state=BranchState.CREATED,
        **lesson.own,
    )
