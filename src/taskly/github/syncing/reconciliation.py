"""Comparing what is held of a repository with what GitHub holds, and taking in the difference.

Deliveries get lost, and GitHub does not repeat them. So every connection is compared from time to time: its name, the
deliveries that failed, its branches, and its pull requests with reviews, checks and commits. What an app lacks the
permission for is passed by, and the connection names that permission. What differs is learnt in
the same way as what deliveries tell, so it does no harm when both come. Every step may be repeated; GitHub confirms
what has not changed, which costs nothing of the account's limit, and of that limit a part is left to people.
"""

from collections.abc import AsyncIterator, Collection
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from taskly.cards.key_repository import known_keys
from taskly.github import repository
from taskly.github.alerts import raise_alert
from taskly.github.connections.access_lost import set_health, shut_out
from taskly.github.connections.webhooks import Reach, reaching
from taskly.github.errors import GitHubNotFound, PermissionLacking
from taskly.github.facts import base_repository
from taskly.github.facts.descriptions import identity_in
from taskly.github.jobs import ConnectRepository, RefreshPullRequest
from taskly.github.learning.learning import learn
from taskly.github.learning.naming import Naming
from taskly.github.models import Alert, GitRepository, Health
from taskly.github.remote.accounts import permissions_behind
from taskly.github.remote.client import GitHub
from taskly.github.remote.resources import RepositoryObject
from taskly.github.rules.facts import BaseBranch, Branch, PullRequest, Told
from taskly.github.syncing import asking, held_repository
from taskly.github.syncing.redelivery import ask_again
from taskly.github.syncing.schedule import is_polled, next_time
from taskly.platform.context import Actor
from taskly.platform.db.session import Transaction
from taskly.platform.events.change import JsonObject
from taskly.platform.jobs.work import Work

PAGES = 20
"""Of lists of open pull requests and of branches: two thousand of each."""
MOST_BASES = 20
"""So many branches are asked what they require."""
LATELY = timedelta(days=14)
"""So old may merged pull requests be that a first comparison still fetches."""
MARGIN = timedelta(minutes=2)
"""So much earlier than the last comparison began is looked at again: GitHub's clock is not ours."""
TO_FIND_OUT = timedelta(seconds=10)
"""So long GitHub has to find out whether a pull request can be merged."""
GRACE = timedelta(minutes=5)
"""So long a delivery may be on its way."""


@dataclass(slots=True)
class Findings:
    """What a comparison did; a connection shows that of the last one."""

    began_at: datetime
    pull_requests: int = 0
    """Looked at."""
    branches: int = 0
    corrected: int = 0
    """Pull requests and branches that were held wrongly, or not at all."""
    redelivered: int = 0
    """Deliveries that GitHub was asked to send again."""
    left_since: datetime | None = None
    """The earliest failed delivery that is left to the next comparison."""
    permissions: dict[str, bool] = field(default_factory=dict)
    """What the account that connected the repository may do there."""
    is_whole: bool = True
    """Whether the pull requests could be read."""
    missed_since: datetime | None = None
    """The earliest change of which the webhook should have told long ago."""
    confirmed_bases: list[str] = field(default_factory=list)
    """Branches that require the same checks as before."""

    def as_json(self) -> JsonObject:
        """As it is kept."""
        shown: JsonObject = asdict(self)
        for name in ("missed_since", "confirmed_bases", "permissions", "is_whole"):
            del shown[name]
        left_since = self.left_since and self.left_since.isoformat()
        return {**shown, "began_at": self.began_at.isoformat(), "left_since": left_since}


async def reconcile(work: Work, repository_id: UUID) -> None:
    """Compare a connection with GitHub, and say when to do so next."""
    async with reaching(work, repository_id, sparing=True) as reached:
        if reached is None or not reached.row.active:
            return
        findings = Findings(work.runtime.clock.now())
        found, reach = await _learn_identity(work, reached)
        findings.permissions = await permissions_behind(
            work.runtime, reach.github, reach.row, found
        )
        await _hear_what_was_lost(work, reach, findings)
        lacking = reach.github.lacking
        with lacking.passing_by():
            await _compare_branches(work, reach, found, findings)
        with lacking.passing_by():
            findings.is_whole = False
            await _compare_pull_requests(work, reach, findings)
            findings.is_whole = True
        with lacking.passing_by():
            await _learn_what_is_required(work, reach, findings)
        await _end(work, repository_id, findings, lacking.problem)


async def refresh_pull_request(work: Work, job: RefreshPullRequest) -> None:
    """Learn how a pull request stands now, with its reviews, checks and commits.

    GitHub begins to find out whether it can be merged when it is asked, so it is asked once more for that.
    """
    async with reaching(work, job.repository_id, sparing=not job.for_person) as reach:
        if reach is None or not reach.row.active:
            return
        try:
            told = await asking.whole(
                reach.github, reach.row.full_name, job.number, work.runtime.clock.now()
            )
        except GitHubNotFound:
            return  # It went with its repository, whose own problem is shown elsewhere.
        async with work.last_transaction(Actor.github()) as tx:
            cause = {"asked": True}
            await learn(tx, work.runtime.settings, job.repository_id, told, cause, confirms=True)
            if not job.again and any(_is_being_found_out(pull) for pull in told.pull_requests):
                again = job.model_copy(update={"again": True})
                tx.promise(again, workspace_id=reach.row.workspace_id, delay=TO_FIND_OUT)


def _is_being_found_out(pull: PullRequest) -> bool:
    return not pull.closed and pull.mergeability is None


async def _learn_identity(work: Work, reach: Reach) -> tuple[RepositoryObject, Reach]:
    """How the repository is called now, and the connection under that name.

    Raises:
        GitHubNotFound: it is not there any more for the account that connected it.
    """
    row = reach.row
    try:
        found = await reach.github.repository(row.full_name, known_id=row.github_id)
    except GitHubNotFound:
        raise GitHubNotFound(
            f"GitHub does not show {row.full_name} to the account that connected it any more: that account lost its "
            "access, or the repository was deleted. An admin of the workspace who administers it at GitHub can "
            "reconnect it."
        ) from None
    identity = found.identity(asked=True)
    if identity == identity_in(row):
        return found, reach
    await _learn(work, reach, Told(identity=identity))
    async with work.reading() as session:
        renamed = await repository.repository_row(session, row.id)
    return found, replace(reach, row=renamed or row)


async def _hear_what_was_lost(work: Work, reach: Reach, findings: Findings) -> None:
    try:
        asked = await ask_again(work, reach, _asked_until(reach.row))
        findings.redelivered, findings.left_since = asked.count, asked.left_since
    except GitHubNotFound:
        # Somebody took the webhook away: it is made anew, while the comparison goes on.
        async with work.transaction() as tx:
            job = ConnectRepository(repository_id=reach.row.id)
            tx.promise(job, workspace_id=reach.row.workspace_id, key=f"lost:{reach.row.webhook_id}")


def _asked_until(row: GitRepository) -> datetime | None:
    """Since when failed deliveries have not been asked for yet."""
    if row.last_sync_at is None:
        return None
    left_since = (row.last_reconciliation or {}).get("left_since")
    done = row.last_sync_at - MARGIN
    return done if left_since is None else min(done, datetime.fromisoformat(left_since))


async def _compare_branches(
    work: Work, reach: Reach, found: RepositoryObject, findings: Findings
) -> None:
    """Learn of branches that name cards and are not known, and of those that are gone."""
    row, github = reach.row, reach.github
    names, complete = await github.branches(row.full_name, pages=PAGES)
    async with work.reading() as session:
        keys = await known_keys(session, row.workspace_id)
        held = await held_repository.held_branches(session, row.id)
    naming = Naming(tuple(keys), work.runtime.settings.public_url)
    there = {name for name in names if name in held or naming.in_branch(name)}
    unlisted = sorted(held - set(names))
    gone = [
        name
        for name in unlisted
        if complete or await github.branch_sha(row.full_name, name) is None
    ]
    findings.branches = len(there) + len(unlisted)
    as_of = found.pushed_at or findings.began_at
    for name in (*sorted(there - held), *gone):
        branch = Branch(name, name in there, as_of, asked=True)
        if await _learn(work, reach, Told(branches=(branch,))):
            findings.corrected += 1


async def _compare_pull_requests(work: Work, reach: Reach, findings: Findings) -> None:
    async for told in _differing(work, reach):
        findings.pull_requests += 1
        if await _learn(work, reach, told):
            findings.corrected += 1
            _note_missed(findings, told)
        await work.progress(findings.pull_requests)


async def _learn_what_is_required(work: Work, reach: Reach, findings: Findings) -> None:
    """Which checks have to pass before open pull requests can be merged. Nobody tells when that changes."""
    row = reach.row
    async with work.reading() as session:
        names = await base_repository.open_bases(session, row.id, limit=MOST_BASES)
        known = await base_repository.required_checks(session, row.id, names)
    for name in names:
        required = tuple(await reach.github.required_checks(row.full_name, name))
        if known.get(name) == required:
            findings.confirmed_bases.append(name)
        else:
            await _learn(work, reach, Told(bases=(BaseBranch(name, required),)))


def _note_missed(findings: Findings, told: Told) -> None:
    """Whether a delivery should have told of this, and did not."""
    for pull in told.pull_requests:
        if pull.as_of < findings.began_at - GRACE:
            findings.missed_since = min(findings.missed_since or pull.as_of, pull.as_of)


async def _differing(work: Work, reach: Reach) -> AsyncIterator[Told]:
    """What GitHub says of the pull requests that may differ from what is held.

    Open ones that cards show are always among them, because checks change without a trace on their pull request.
    """
    row, github = reach.row, reach.github
    async with work.reading() as session:
        held = await held_repository.held_open(session, row.id)
    whole = await _changed(github, row, held.keys(), work.runtime.clock.now())
    linked = {number for number, each in held.items() if each.is_linked} - whole
    if held and not whole and not linked and _is_lacking(row):
        linked = {max(held)}  # Else nothing would be asked that shows whether it may by now.
    if not is_polled(row):
        whole, linked = whole | linked, set()
    for number in sorted(whole):
        try:
            yield await asking.whole(github, row.full_name, number, work.runtime.clock.now())
        except GitHubNotFound:
            continue
    for number in sorted(linked):
        yield await asking.checks(github, row.full_name, held[number].head_sha)


async def _changed(
    github: GitHub, row: GitRepository, held: Collection[int], now: datetime
) -> set[int]:
    """The pull requests that changed since the last comparison, or are not held as GitHub has them."""
    since = row.last_sync_at and row.last_sync_at - MARGIN
    changed: set[int] = set()
    open_now: set[int] = set()
    async for pull in github.pull_requests(row.full_name, state="open", pages=PAGES):
        open_now.add(pull.number)
        if since is None or pull.number not in held or pull.updated_at >= since:
            changed.add(pull.number)
    async for pull in github.pull_requests(row.full_name, state="closed", pages=PAGES):
        if pull.updated_at < (since or now - LATELY):
            break
        if since is not None or pull.merged_at is not None:
            changed.add(pull.number)
    return changed | (set(held) - open_now)


async def _learn(work: Work, reach: Reach, told: Told) -> bool:
    """Take in what GitHub says; whether it was news."""
    async with work.transaction(Actor.github()) as tx:
        cause = {"reconciled": True}
        return bool(await learn(tx, work.runtime.settings, reach.row.id, told, cause))


async def _end(
    work: Work,
    repository_id: UUID,
    findings: Findings,
    lacking: PermissionLacking | None,
) -> None:
    result = findings.as_json()
    async with work.last_transaction(result=result) as tx:
        row = await repository.lock_repository(tx.session, repository_id)
        if row is None or not row.active:
            return
        row.last_reconciliation = result
        if findings.is_whole:
            row.last_sync_at = findings.began_at
        row.permissions = findings.permissions
        bases = findings.confirmed_bases
        await base_repository.confirm_bases(tx.session, row.id, bases, findings.began_at)
        await _note_silence(tx, row, findings)
        row.next_sync_at = next_time(work.runtime.settings, row, tx.clock.now())
        if lacking is not None:
            await _show_lacking(tx, row, str(lacking))
        elif row.has_webhook or row.webhook_refusal is not None:
            await set_health(tx, row, Health.HEALTHY, None)
        elif row.refused_at is not None:
            # Access is back that was lacking when the webhook was to be made.
            row.refused_at = None
            tx.promise(ConnectRepository(repository_id=row.id), workspace_id=row.workspace_id)


def _is_lacking(row: GitRepository) -> bool:
    problem = row.problem or ""
    return row.health is Health.FAILING and problem.startswith(PermissionLacking.BEGINNING)


async def _show_lacking(tx: Transaction, row: GitRepository, problem: str) -> None:
    """Say which permissions lack. Admins are told when the first one does: which ones show differs with what is asked."""
    if _is_lacking(row):
        await set_health(tx, row, Health.FAILING, problem)
    else:
        await shut_out(tx, row, problem)


async def _note_silence(tx: Transaction, row: GitRepository, findings: Findings) -> None:
    """A webhook that once spoke and says nothing of what happens is not relied on until it speaks again."""
    if findings.missed_since is None or row.heard_at is None or row.silent_since is not None:
        return
    seen = await held_repository.traffic(tx.session, row.id, findings.began_at - timedelta(days=1))
    if seen.waiting == 0 and (seen.last_at is None or seen.last_at < findings.missed_since):
        row.silent_since = findings.missed_since
        raise_alert(
            tx,
            workspace_id=row.workspace_id,
            repository_id=row.id,
            alert=Alert.SILENT,
            detail="The webhook tells nothing of what happens, so GitHub is asked every minute.",
        )
