"""The pages: everything at once, one repository, one pull request, one delivery."""

from collections.abc import Iterable, Sequence

from taskly.fake_github.pages.apps import apps
from taskly.fake_github.pages.aside import people, side
from taskly.fake_github.pages.logs import delivery_card
from taskly.fake_github.pages.markup import Html, button_form, document, element, join, text_input
from taskly.fake_github.site import Site
from taskly.fake_github.world.accounts import Account
from taskly.fake_github.world.checks import CheckRun, CommitStatus, latest_runs, latest_statuses
from taskly.fake_github.world.github import GitHub
from taskly.fake_github.world.hooks import Delivery
from taskly.fake_github.world.merging import mergeable_state, own_commits
from taskly.fake_github.world.pull_requests import VERDICTS, Issue, PullRequest, Review
from taskly.fake_github.world.repositories import Repository

MOST_ISSUES = 30

_TONES = {
    "success": "good",
    "neutral": "good",
    "skipped": "good",
    "clean": "good",
    "DISMISSED": "quiet",
    "COMMENTED": "quiet",
    "draft": "quiet",
    "APPROVED": "good",
    "CHANGES_REQUESTED": "bad",
    "failure": "bad",
    "dirty": "bad",
    "error": "bad",
    "timed_out": "bad",
    "cancelled": "bad",
}


def home(site: Site, problem: str | None) -> str:
    """Every repository, with what can be done in it."""
    github = site.github
    repositories = list(github.repositories.values())
    body = [_repository_card(github, each) for each in repositories] or [_welcome()]
    return _page(site, "Fake GitHub", [*body, *apps(github), people(github)], problem)


def repository_page(site: Site, repository: Repository, problem: str | None) -> str:
    """One repository."""
    body = [_repository_card(site.github, repository)]
    return _page(site, repository.full_name, body, problem)


def delivery_page(site: Site, delivery: Delivery, problem: str | None) -> str:
    """One delivery."""
    return _page(site, "Delivery", [delivery_card(delivery)], problem)


def pull_request_page(
    site: Site, repository: Repository, pull: PullRequest, problem: str | None
) -> str:
    """One pull request, with its commits, reviews, checks and comments."""
    github, base = site.github, _base(repository, pull)
    card = element(
        "section",
        element("p", _link(github, repository), class_="quiet"),
        element("h1", pull.title, " ", element("span", f"#{pull.number}", class_="quiet")),
        element("p", _state(pull), " ", _branches(pull), f" by {pull.author.login}"),
        element("p", pull.body or "No description.", class_="text"),
        _buttons(github, repository, pull),
        element("h3", "Checks"),
        _checks(repository, pull),
        element("h3", "Reviews"),
        [_review_row(base, each) for each in pull.reviews]
        or element("p", "None yet.", class_="quiet"),
        element("h3", "Commits"),
        [
            element("div", element("code", commit.sha[:9]), " ", commit.headline, class_="row")
            for commit in own_commits(repository, pull)
        ],
        element("h3", "Comments"),
        [
            element(
                "div",
                element("b", said.author.login),
                element("div", said.body, class_="text grow"),
                class_="row",
            )
            for said in pull.comments
        ]
        or element("p", "None yet.", class_="quiet"),
        class_="card",
    )
    return _page(site, pull.title, [card], problem)


def _review_row(base: str, review: Review) -> Html:
    dismissed = {"review": str(review.id)}
    return element(
        "div",
        element(
            "div",
            element("b", review.author.login),
            " ",
            _word(review.state),
            " ",
            review.body,
            class_="grow",
        ),
        button_form(f"{base}/dismiss", "dismiss", dismissed, "danger")
        if review.state in VERDICTS
        else None,
        class_="row",
    )


def _page(site: Site, title: str, body: Iterable[Html], problem: str | None) -> str:
    top = element(
        "header",
        element("a", "Fake GitHub", href="/", class_="name"),
        element("span", "what happens here is made up", class_="quiet grow"),
        element("a", "control API", href="/_fake/docs", class_="quiet"),
        class_="top",
    )
    notice = None
    if problem:
        notice = element("p", problem, class_="card notice", role="alert")
    columns = element(
        "div",
        element("main", notice, body),
        element("aside", side(site)),
        class_="columns",
    )
    return document(title, top, columns)


def _welcome() -> Html:
    return element(
        "section",
        element("h1", "Nothing is here yet"),
        element("p", "Make somebody and a repository below, or begin with an example."),
        button_form("/page/example", "Make an example", kind="main"),
        class_="card",
    )


def _repository_card(github: GitHub, repository: Repository) -> Html:
    pulls = sorted(repository.pull_requests(), key=lambda pull: (not pull.is_open, -pull.number))
    base = f"/page/repos/{repository.full_name}"
    return element(
        "section",
        element(
            "h2",
            _link(github, repository),
            " ",
            element("span", "private" if repository.private else "public", class_="badge quiet"),
        ),
        element("p", repository.description or "", class_="quiet"),
        element("h3", "Pull requests"),
        [_pull_row(github, repository, pull) for pull in pulls]
        or element("p", "None yet.", class_="quiet"),
        element("h3", "Issues"),
        [_issue_row(each) for each in _newest_issues(repository)]
        or element("p", "None yet.", class_="quiet"),
        element("h3", "Branches"),
        [_branch_row(repository, name) for name in sorted(repository.branches)],
        _forms_of(repository, base),
        class_="card",
    )


def _forms_of(repository: Repository, base: str) -> list[Html]:
    """A new branch, and other names."""
    return [
        element(
            "form",
            text_input("branch", "new branch"),
            element("button", "Make a branch", type="submit"),
            method="post",
            action=f"{base}/branches",
            class_="line",
        ),
        element(
            "form",
            element(
                "select",
                [element("option", name) for name in sorted(repository.branches)],
                name="branch",
                aria_label="branch",
            ),
            text_input("name", "new name of the branch"),
            element("button", "Rename the branch", type="submit"),
            method="post",
            action=f"{base}/rename-branch",
            class_="line",
        ),
        element("h3", "The repository itself"),
        _line(base, "rename", text_input("name", "new name of the repository")),
        _line(base, "transfer", text_input("owner", "new owner")),
        element(
            "div",
            button_form(f"{base}/unarchive", "unarchive")
            if repository.archived
            else button_form(f"{base}/archive", "archive"),
            button_form(f"{base}/delete", "delete", kind="danger"),
            class_="buttons",
        ),
    ]


def _newest_issues(repository: Repository) -> list[Issue]:
    """The newest, open ones first; of many repositories' thousands nobody reads more."""
    found = [each for each in repository.issues.values() if not isinstance(each, PullRequest)]
    return sorted(found, key=lambda each: (not each.is_open, -each.number))[:MOST_ISSUES]


def _issue_row(record: Issue) -> Html:
    names = [each.name for each in record.labels]
    if record.milestone is not None:
        names.append(record.milestone.title)
    return element(
        "div",
        element("span", record.state, class_=f"badge {record.state}"),
        " ",
        f"#{record.number} {record.title}",
        element("span", " ", ", ".join(names), class_="quiet"),
        class_="row",
    )


def _line(base: str, act: str, field: Html) -> Html:
    """A form with one field, named after what it does."""
    button = element("button", act, type="submit")
    return element("form", field, button, method="post", action=f"{base}/{act}", class_="line")


def _pull_row(github: GitHub, repository: Repository, pull: PullRequest) -> Html:
    href = f"/{repository.full_name}/pull/{pull.number}"
    return element(
        "div",
        element(
            "div",
            _state(pull),
            " ",
            element("a", f"#{pull.number} {pull.title}", href=href),
            element("br"),
            _branches(pull),
            " ",
            _verdict(repository, pull),
            class_="grow",
        ),
        _buttons(github, repository, pull),
        class_="row",
    )


def _branches(pull: PullRequest) -> Html:
    return element(
        "span",
        element("code", pull.head_ref),
        " → ",
        element("code", pull.base_ref),
        class_="quiet",
    )


def _state(pull: PullRequest) -> Html:
    if pull.is_merged:
        word = "merged"
    elif not pull.is_open:
        word = "closed"
    else:
        word = "draft" if pull.draft else "open"
    return element("span", word, class_=f"badge {word}")


def _verdict(repository: Repository, pull: PullRequest) -> Html:
    runs = _runs(repository, pull)
    states: list[str] = [run.conclusion or run.status for run in runs]
    states += [each.state for each in latest_statuses(_statuses(repository, pull))]
    states += [review.state for review in pull.reviews]
    if pull.is_open:
        states.append(mergeable_state(repository, pull))
    return join([[" ", _word(word)] for word in states])


def _word(word: str) -> Html:
    """A state of something in plain words and the colour of its meaning."""
    plain = word.replace("_", " ").lower()
    return element("span", plain, class_=_TONES.get(word, "wait"))


def _buttons(github: GitHub, repository: Repository, pull: PullRequest) -> Html:
    base = _base(repository, pull)
    if pull.is_merged:
        return Html("")
    if not pull.is_open:
        return button_form(f"{base}/reopen", "reopen")
    reviewers = [each for each in github.accounts.values() if _may_review(each, pull)]
    runs = _runs(repository, pull)
    check = "this check" if runs else "a check"
    draft = ("ready", "ready for review") if pull.draft else ("draft", "convert to draft")
    return element(
        "div",
        button_form(f"{base}/merge", "merge", kind="main"),
        _review_form(base, reviewers) if reviewers else None,
        button_form(f"{base}/fail", f"fail {check}", kind="danger"),
        button_form(f"{base}/pass", f"pass {check}"),
        button_form(f"{base}/wait", "run this check again" if runs else "start a check"),
        [
            button_form(f"{base}/status", f"status: {state}", {"state": state})
            for state in ("pending", "success", "failure")
        ],
        button_form(f"{base}/push", "push a commit"),
        button_form(f"{base}/force-push", "force-push"),
        button_form(f"{base}/{draft[0]}", draft[1]),
        button_form(f"{base}/close", "close", kind="danger"),
        class_="buttons",
    )


def _base(repository: Repository, pull: PullRequest) -> str:
    """Where the buttons of a pull request post to."""
    return f"/page/repos/{repository.full_name}/pulls/{pull.number}"


def _may_review(account: Account, pull: PullRequest) -> bool:
    return account.kind == "User" and account is not pull.author


def _review_form(base: str, reviewers: Sequence[Account]) -> Html:
    return element(
        "form",
        element(
            "select",
            [element("option", each.login, value=each.login) for each in reviewers],
            name="author",
            aria_label="reviewer",
        ),
        " ",
        element("button", "approve", type="submit", name="verdict", value="APPROVE"),
        " ",
        element("button", "request changes", name="verdict", value="REQUEST_CHANGES"),
        method="post",
        action=f"{base}/review",
        class_="inline",
    )


def _branch_row(repository: Repository, name: str) -> Html:
    base = f"/page/repos/{repository.full_name}"
    commit = repository.commits[repository.branches[name]]
    fields = {"branch": name}
    is_default = name == repository.default_branch
    has_pull = any(pull.head_ref == name for pull in repository.open_pull_requests())
    return element(
        "div",
        element(
            "div",
            element("code", name),
            " ",
            element("span", f"{commit.sha[:9]} {commit.headline}", class_="quiet"),
            class_="grow",
        ),
        button_form(f"{base}/push", "push a commit", fields),
        None if is_default or has_pull else _open_form(base, name),
        None if is_default else button_form(f"{base}/delete-branch", "delete", fields, "danger"),
        class_="row",
    )


def _open_form(base: str, branch: str) -> Html:
    text = "open a pull request from this branch"
    return button_form(f"{base}/pulls", text, {"branch": branch})


def _checks(repository: Repository, pull: PullRequest) -> Html:
    found: list[tuple[str, str]] = [
        (run.name, run.conclusion or run.status) for run in _runs(repository, pull)
    ]
    found += [(each.context, each.state) for each in latest_statuses(_statuses(repository, pull))]
    if not found:
        return element("p", "None yet.", class_="quiet")
    return join([element("div", name, " ", _word(word), class_="row") for name, word in found])


def _runs(repository: Repository, pull: PullRequest) -> list[CheckRun]:
    return latest_runs(
        run for run in repository.check_runs.values() if run.head_sha == pull.head_sha
    )


def _statuses(repository: Repository, pull: PullRequest) -> list[CommitStatus]:
    return [each for each in repository.statuses if each.sha == pull.head_sha]


def _link(github: GitHub, repository: Repository) -> Html:
    return element("a", repository.full_name, href=github.addresses.page(repository.full_name))
