"""What an issue comes to as a card. Nothing is invented: what a card has no field for stands in its description."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta

from taskly.boards.rules import Category
from taskly.github.remote.issues import IssueCommentObject, IssueObject, MilestoneObject
from taskly.github.rules.boxes import parted
from taskly.imports.sources.drafting import TEXT, Draft, tidy
from taskly.imports.sources.plan import Origin, Plan
from taskly.sprints.rules.days import MOST_DAYS

OPEN, DONE = "open", "done"
"""What the columns are called here, whatever their names are on the board."""
LAST_DAY = date(2999, 12, 31)


def drafted(full_name: str, issues: Sequence[IssueObject], known: Collection[str]) -> Plan:
    """The cards of some issues of a repository. `known` are the logins of accounts whose people are here.

    Pull requests are no issues, and are left out before.
    """
    draft = Draft()
    for issue in issues:
        _add(draft, full_name, issue, known)
    return draft.plan() if issues else Plan()


def said(comment: IssueCommentObject) -> str:
    """A comment with who wrote it, and when."""
    at = f"{comment.created_at:%Y-%m-%d at %H:%M} UTC"
    return f"**{comment.author}** wrote on {at}:\n\n{tidy(comment.body)}"


def _add(draft: Draft, full_name: str, issue: IssueObject, known: Collection[str]) -> None:
    rest, criteria = parted(tidy(issue.body))
    if len(criteria) > TEXT:
        rest, criteria = tidy(issue.body), ""
    people = [each.login for each in issue.assignees or ()]
    strangers = [login for login in people if login not in known]
    for login in strangers:
        draft.note("not_matched", "assignees", login)
    column = draft.column(DONE if issue.is_closed else OPEN, _category(issue))
    name = f"{full_name}#{issue.number}"
    if issue.state_reason == "not_planned":
        draft.note("not_planned", "state_reason", f"{name} {issue.title}")
    sprint, label = _milestone(draft, issue.milestone)
    draft.card(
        issue.title,
        column=column,
        description="\n\n".join(filter(None, [rest, _asked(strangers), _origin(name, issue)])),
        labels=[*_labels(draft, issue), *([label] if label else [])],
        people=people,
        links=[(issue.html_url, name)] if issue.html_url else [],
        acceptance_criteria=criteria,
        sprint=sprint,
        created_at=issue.created_at,
        closed_at=issue.closed_at,
        origin=Origin(id=issue.id, number=issue.number, updated_at=issue.updated_at),
    )


def _category(issue: IssueObject) -> Category:
    return Category.DONE if issue.is_closed else Category.TODO


def _labels(draft: Draft, issue: IssueObject) -> list[str]:
    named = (draft.label(each.name, each.hex) for each in issue.labels)
    return [name for name in named if name is not None]


def _milestone(draft: Draft, milestone: MilestoneObject | None) -> tuple[str | None, str | None]:
    """The sprint for a milestone; one without an end that is known becomes a label, as no day is made up."""
    if milestone is None:
        return None, None
    ends = [each.date() for each in (milestone.due_on, milestone.closed_at) if each is not None]
    if not ends or min(ends) > LAST_DAY:
        draft.note("as_label", "milestone", milestone.title)
        return None, f"Milestone: {milestone.title}"
    # Whoever closes a milestone before it is due ends it. A sprint has one night at least, and a year at most: of a
    # longer milestone it is the end that people wait for.
    ends_on = min(ends)
    starts_on = min(milestone.created_at.date(), ends_on - timedelta(days=1))
    earliest = ends_on - timedelta(days=MOST_DAYS - 1)
    if starts_on < earliest:
        draft.note("shortened", "milestone", milestone.title)
        starts_on = earliest
    return draft.sprint(milestone.title, starts_on, ends_on), None


def _asked(strangers: Sequence[str]) -> str:
    return f"_Assigned at GitHub to {', '.join(strangers)}._" if strangers else ""


def _origin(name: str, issue: IssueObject) -> str:
    opened = f"opened by {issue.author} on {issue.created_at:%Y-%m-%d}"
    closed = ""
    if issue.closed_at is not None:
        reason = (issue.state_reason or "completed").replace("_", " ")
        closed = f", closed as {reason} on {issue.closed_at:%Y-%m-%d}"
    link = f"[{name}]({issue.html_url})" if issue.html_url else name
    return f"_Was {link} at GitHub, {opened}{closed}._"
