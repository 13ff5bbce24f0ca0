"""What the buttons do."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import cast, get_args

from taskly.fake_github.actions.accounts import create_account, revoke_everything
from taskly.fake_github.actions.branches import create_ref, delete_ref
from taskly.fake_github.actions.checks import report_check_run, report_status, update_check_run
from taskly.fake_github.actions.closing import close, reopen
from taskly.fake_github.actions.hooks import redeliver
from taskly.fake_github.actions.pull_requests import (
    merge_pull_request,
    open_pull_request,
    set_draft,
)
from taskly.fake_github.actions.pushing import CommitToPush, push
from taskly.fake_github.actions.renaming import rename_branch
from taskly.fake_github.actions.repositories import (
    create_repository,
    delete_repository,
    edit_repository,
    rename_repository,
    transfer_repository,
)
from taskly.fake_github.actions.reviews import add_review, dismiss_review
from taskly.fake_github.delivering import ReleaseOrder
from taskly.fake_github.site import Site
from taskly.fake_github.world.accounts import Account, EmailAddress
from taskly.fake_github.world.checks import Conclusion, StatusState, latest_runs
from taskly.fake_github.world.faults import Fault, FaultKind
from taskly.fake_github.world.github import GitHub
from taskly.fake_github.world.hooks import Delivery
from taskly.fake_github.world.pull_requests import PullRequest, Verdict
from taskly.fake_github.world.refusals import Refusal, not_found
from taskly.fake_github.world.repositories import Repository

Form = Mapping[str, str]

CHECK = "tests"
"""The check that the buttons report, unless there is another one already."""
STATUS = "ci/build"
LIMITED = timedelta(minutes=10)


@dataclass(frozen=True)
class Place:
    """Where a button stands. The owner of the repository presses it."""

    github: GitHub
    repository: Repository
    pull: PullRequest | None = None

    @property
    def actor(self) -> Account:
        """Who does it."""
        return self.repository.owner

    @property
    def open_pull(self) -> PullRequest:
        """The pull request that the button belongs to."""
        if self.pull is None:
            raise not_found()
        return self.pull


def make_user(site: Site, form: Form) -> None:
    """Somebody with a verified address."""
    login = form.get("login", "").strip()
    emails = [EmailAddress(form["email"])] if form.get("email") else []
    if not login:
        raise Refusal(422, "A user needs a login")
    create_account(site.github, login, emails=emails)


def make_repository(site: Site, form: Form) -> None:
    """A public repository, everybody else its collaborator."""
    github = site.github
    owner = github.find_account(form.get("owner", ""))
    if owner is None:
        raise not_found()
    others = [account.id for account in github.accounts.values() if account is not owner]
    create_repository(
        github,
        owner,
        form.get("name", "").strip(),
        collaborators=dict.fromkeys(others, "push"),
    )


def make_example(site: Site, _form: Form) -> None:
    """Two people, a repository, a branch with a pull request."""
    github = site.github
    octo = create_account(
        github, "octo-user", name="Octo User", emails=[EmailAddress("octo@example.com")]
    )
    mona = create_account(
        github, "mona", name="Mona Reviewer", emails=[EmailAddress("mona@example.com")]
    )
    repository = create_repository(
        github,
        octo,
        "payments",
        description="An example",
        collaborators={mona.id: "push"},
    )
    branch = "feature/PAY-1-add-refunds"
    push(github, repository, branch, [CommitToPush("PAY-1 Add refunds")], octo)
    open_pull_request(github, repository, octo, title="PAY-1 Add refunds", head=branch, base="main")


def add_fault(site: Site, form: Form) -> None:
    """Something goes wrong from now on."""
    kind = form.get("kind", "")
    if kind not in get_args(FaultKind):
        raise not_found()
    site.github.faults.add(
        Fault(
            id=site.github.numbers.next("fault"),
            kind=cast("FaultKind", kind),
            times=int(form["times"]) if form.get("times") else None,
            milliseconds=int(form.get("milliseconds") or 0),
            retry_after=int(form["retry_after"]) if form.get("retry_after") else None,
            status=403 if kind == "limited" else 502,
        )
    )


def clear_faults(site: Site, _form: Form) -> None:
    """Everything works again; held deliveries go."""
    site.github.faults.clear()
    site.deliverer.release(site.github)


def release_deliveries(site: Site, form: Form) -> None:
    """Held deliveries go."""
    order = form.get("order", "first_in_first_out")
    if order not in get_args(ReleaseOrder):
        raise not_found()
    site.deliverer.release(site.github, cast("ReleaseOrder", order))


def find_delivery(site: Site, delivery_id: int) -> Delivery:
    """A delivery of the log."""
    for delivery in site.github.deliveries.all():
        if delivery.id == delivery_id:
            return delivery
    raise not_found()


def deliver_again(site: Site, delivery_id: int) -> None:
    """The same delivery once more."""
    redeliver(site.github, find_delivery(site, delivery_id))


def use_up_limit(site: Site, form: Form) -> None:
    """Somebody has no request left for ten minutes."""
    account = _account(site.github, form)
    resets_at = site.github.now() + LIMITED
    site.github.limits.set(account.login, "core", remaining=0, reset_at=resets_at)


def revoke_tokens(site: Site, form: Form) -> None:
    """Somebody's tokens are refused from now on."""
    revoke_everything(site.github, _account(site.github, form))


def _account(github: GitHub, form: Form) -> Account:
    account = github.find_account(form.get("login", ""))
    if account is None:
        raise not_found()
    return account


def give_branch_another_name(place: Place, form: Form) -> None:
    """A branch is called otherwise."""
    before, name = form.get("branch", ""), form.get("name", "").strip()
    rename_branch(place.github, place.repository, before, name, place.actor)


def make_branch(place: Place, form: Form) -> None:
    """A branch at the tip of the default branch."""
    repository = place.repository
    tip = repository.branches.get(repository.default_branch)
    name = form.get("branch", "").strip()
    create_ref(place.github, repository, f"refs/heads/{name}", tip or "", place.actor)


def push_commit(place: Place, form: Form) -> None:
    """A commit on a branch, or on the pull request's branch."""
    branch = form.get("branch") or place.open_pull.head_ref
    message = form.get("message") or f"Work on {branch}"
    push(place.github, place.repository, branch, [CommitToPush(message)], place.actor)


def force_push(place: Place, _form: Form) -> None:
    """Other commits in place of those of the pull request."""
    pull = place.open_pull
    commits = [CommitToPush(f"{pull.title}, written anew")]
    base, branch = pull.base_ref, pull.head_ref
    start = place.repository.branches[base]
    push(place.github, place.repository, branch, commits, place.actor, start=start, force=True)


def delete_branch(place: Place, form: Form) -> None:
    """A branch less."""
    ref = f"refs/heads/{form.get('branch', '')}"
    delete_ref(place.github, place.repository, ref, place.actor)


def open_from_branch(place: Place, form: Form) -> None:
    """A pull request whose title is the branch's newest commit's; an empty branch gets a commit."""
    repository = place.repository
    branch = form.get("branch", "")
    base = repository.default_branch
    if branch in repository.branches and repository.branches[branch] == repository.branches[base]:
        push_commit(place, {"branch": branch})
    sha = repository.branches.get(branch)
    title = branch if sha is None else repository.commits[sha].headline
    open_pull_request(place.github, repository, place.actor, title=title, head=branch, base=base)


def transfer(place: Place, form: Form) -> None:
    """Another owner."""
    owner = place.github.find_account(form.get("owner", "").strip())
    if owner is None:
        raise Refusal(422, "Nobody is called so")
    transfer_repository(place.github, place.repository, owner, place.actor)


def rename(place: Place, form: Form) -> None:
    """Another name."""
    rename_repository(place.github, place.repository, form.get("name", "").strip(), place.actor)


def _archived(*, archived: bool) -> Callable[[Place, Form], None]:
    def change(place: Place, _form: Form) -> None:
        edit_repository(place.github, place.repository, place.actor, archived=archived)

    return change


def delete(place: Place, _form: Form) -> None:
    """Gone, with everything in it."""
    delete_repository(place.github, place.repository, place.actor)


def merge(place: Place, _form: Form) -> None:
    """Merge it."""
    merge_pull_request(place.github, place.repository, place.open_pull, place.actor)


def review(place: Place, form: Form) -> None:
    """A verdict of somebody else."""
    author = place.github.find_account(form.get("author", ""))
    verdict = form.get("verdict", "")
    if author is None or verdict not in get_args(Verdict):
        raise not_found()
    body = "Please have another look." if verdict == "REQUEST_CHANGES" else "Looks good."
    add_review(
        place.github,
        place.repository,
        place.open_pull,
        author,
        cast("Verdict", verdict),
        body=body,
    )


def dismiss(place: Place, form: Form) -> None:
    """A verdict counts no longer."""
    for given in place.open_pull.reviews:
        if str(given.id) == form.get("review"):
            dismiss_review(place.github, place.repository, place.open_pull, given, place.actor)
            return
    raise not_found()


def set_status(place: Place, form: Form) -> None:
    """A status of the pull request's commit, as programs report it that make no check runs."""
    state = form.get("state", "")
    if state not in get_args(StatusState):
        raise not_found()
    report_status(
        place.github,
        place.repository,
        place.actor,
        sha=place.open_pull.head_sha,
        state=cast("StatusState", state),
        context=STATUS,
    )


def _check(conclusion: Conclusion | None) -> Callable[[Place, Form], None]:
    """Report the pull request's check: finished, or started anew."""

    def report(place: Place, _form: Form) -> None:
        sha = place.open_pull.head_sha
        runs = [run for run in place.repository.check_runs.values() if run.head_sha == sha]
        latest = next(iter(latest_runs(runs)), None)
        if latest is not None and latest.status != "completed" and conclusion is not None:
            update_check_run(
                place.github, place.repository, latest, place.actor, conclusion=conclusion
            )
            return
        report_check_run(
            place.github,
            place.repository,
            place.actor,
            name=CHECK if latest is None else latest.name,
            head_sha=sha,
            status="in_progress",
            conclusion=conclusion,
        )

    return report


def _draft(*, draft: bool) -> Callable[[Place, Form], None]:
    def change(place: Place, _form: Form) -> None:
        set_draft(place.github, place.repository, place.open_pull, place.actor, draft=draft)

    return change


def _close(place: Place, _form: Form) -> None:
    close(place.github, place.repository, place.open_pull, place.actor)


def _reopen(place: Place, _form: Form) -> None:
    reopen(place.github, place.repository, place.open_pull, place.actor)


EVERYWHERE: dict[str, Callable[[Site, Form], None]] = {
    "users": make_user,
    "repositories": make_repository,
    "example": make_example,
    "faults": add_fault,
    "faults/clear": clear_faults,
    "limit": use_up_limit,
    "revoke": revoke_tokens,
    "deliveries/release": release_deliveries,
}
IN_REPOSITORY: dict[str, Callable[[Place, Form], None]] = {
    "branches": make_branch,
    "push": push_commit,
    "delete-branch": delete_branch,
    "pulls": open_from_branch,
    "rename": rename,
    "rename-branch": give_branch_another_name,
    "transfer": transfer,
    "archive": _archived(archived=True),
    "unarchive": _archived(archived=False),
    "delete": delete,
}
ON_PULL_REQUEST: dict[str, Callable[[Place, Form], None]] = {
    "merge": merge,
    "review": review,
    "dismiss": dismiss,
    "status": set_status,
    "pass": _check("success"),
    "fail": _check("failure"),
    "wait": _check(None),
    "push": push_commit,
    "force-push": force_push,
    "draft": _draft(draft=True),
    "ready": _draft(draft=False),
    "close": _close,
    "reopen": _reopen,
}
