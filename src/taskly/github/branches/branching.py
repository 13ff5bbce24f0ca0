"""One-click branches: asked for here by a person, made by a worker (`branch_making`)."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from taskly.boards.snapshot_schema import BranchOnBoard
from taskly.cards.errors import CardIsArchived
from taskly.cards.models import CardAccess
from taskly.github.choosing import choose_repository
from taskly.github.errors import (
    BranchExists,
    BranchNameInvalid,
    NoRepository,
    RepositoryArchived,
)
from taskly.github.facts import branch_repository, code_repository
from taskly.github.jobs import CreateBranch
from taskly.github.models import BranchState, CardBranch, GitRepository
from taskly.github.recording import branch_state, record_branch
from taskly.github.rules.automation import Automation, read_automation
from taskly.github.rules.text import branch_name, is_valid_ref_name, with_suffix
from taskly.github.schemas import CreateBranch as WantedBranch
from taskly.github.urls import branch_url
from taskly.kit.ids import new_id
from taskly.platform.db.session import Transaction
from taskly.platform.settings import Settings
from taskly.users import repository as users

MOST_NAMES = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """A branch that was asked for, and the job that makes it."""

    branch: CardBranch
    repository: GitRepository
    job_id: UUID

    @property
    def shown(self) -> BranchOnBoard:
        """The branch as the board shows it."""
        return BranchOnBoard(**branch_state(self.branch, self.repository))


async def ask_for_branch(
    tx: Transaction, settings: Settings, access: CardAccess, user_id: UUID, wanted: WantedBranch
) -> Asked:
    """Note a branch on a card whose board is locked, and promise it.

    Raises:
        NoRepository: the workspace has no such repository, or several and none was named.
        BranchNameInvalid: Git would not take the name.
        BranchExists: a branch of this name is known already; `suggestion` is a free name.
        CardIsArchived: the card is in the archive.
        RepositoryArchived: the repository is read-only.
    """
    if access.card.archived_at is not None:
        raise CardIsArchived
    rules = await code_repository.rules_of(tx.session, access.board.id)
    automation = read_automation({} if rules is None else rules.automation)
    row = await choose_repository(
        tx.session,
        access.board.workspace_id,
        wanted.repository_id,
        default=automation.default_repository_id,
    )
    if row.gone_at is not None:
        raise NoRepository(f"{row.problem}")
    if row.archived:
        raise RepositoryArchived(
            f"{row.full_name} is archived at GitHub, so no branch can be made there: unarchive it, or name another one "
            "by repository_id."
        )
    name = wanted.name or await _choose_name(tx, access, automation, user_id)
    if not is_valid_ref_name(name):
        raise BranchNameInvalid(f"Git does not allow {name!r} as the name of a branch.")
    failed = await branch_repository.failed_branch(tx.session, access.card.id, row.id, name)
    if failed is not None:
        return _ask_again(tx, row, failed, user_id, wanted)
    taken = await branch_repository.branch_names(tx.session, row.id)
    if name in taken:
        suggestion = _free_name(name, lambda candidate: candidate not in taken)
        if wanted.name is not None:
            raise BranchExists(
                f"{row.full_name} has a branch {name}. {suggestion} is free.", suggestion=suggestion
            )
        name = suggestion
    branch = _new_branch(settings, access, row, name, wanted.base, user_id)
    tx.session.add(branch)
    record_branch(tx, branch, None, branch_state(branch, row))
    return _promise(tx, row, branch, user_id, wanted)


def _ask_again(
    tx: Transaction, row: GitRepository, branch: CardBranch, user_id: UUID, wanted: WantedBranch
) -> Asked:
    """Promise a branch that could not be made before, as if it were a new one."""
    before = branch_state(branch, row)
    branch.state, branch.error = BranchState.CREATING, None
    branch.base, branch.base_sha = wanted.base or row.default_branch, None
    branch.created_by = user_id
    record_branch(tx, branch, before, branch_state(branch, row))
    return _promise(tx, row, branch, user_id, wanted)


def _promise(
    tx: Transaction, row: GitRepository, branch: CardBranch, user_id: UUID, wanted: WantedBranch
) -> Asked:
    job = CreateBranch(branch_id=branch.id, user_id=user_id, choose_name=wanted.name is None)
    return Asked(branch, row, tx.promise(job, workspace_id=row.workspace_id))


async def _choose_name(
    tx: Transaction, access: CardAccess, automation: Automation, user_id: UUID
) -> str:
    user = await users.user(tx.session, user_id)
    return branch_name(
        automation.branch_template,
        key=access.board.key,
        number=access.card.number,
        title=access.card.title,
        type_="",
        user="" if user is None else user.login,
    )


def _free_name(name: str, is_free: Callable[[str], bool]) -> str:
    for count in range(2, MOST_NAMES):
        candidate = with_suffix(name, count)
        if is_free(candidate):
            return candidate
    raise BranchExists(f"There are too many branches called {name} and so on.")


def _new_branch(
    settings: Settings,
    access: CardAccess,
    row: GitRepository,
    name: str,
    base: str | None,
    user_id: UUID,
) -> CardBranch:
    return CardBranch(
        id=new_id(),
        workspace_id=row.workspace_id,
        board_id=access.board.id,
        card_id=access.card.id,
        repository_id=row.id,
        name=name,
        url=branch_url(settings.github_web_url, row.full_name, name),
        state=BranchState.CREATING,
        base=base or row.default_branch,
        created_by=user_id,
    )
