"""Issues of a connected repository become cards of a board, once each."""

from datetime import UTC, datetime

import pytest

from taskly.boards.rules import MOST_LABELS
from taskly.fake_github.wire.asked import (
    IssueChange,
    NewComment,
    NewIssue,
    NewMilestone,
    RepositoryChange,
)
from tests.github.issue_importing import cards_on, carry_out, look, shown, take_in, where
from tests.github.place import REPOSITORY, Place
from tests.support.actors import Actor, Json, expect
from tests.support.folding import as_comparable, differences, fold, read_whole_log

pytestmark = pytest.mark.anyio

BODY = "Money comes back twice.\n\n- [ ] Bank\n  - [x] Its answer\n\nSee the log."


async def test_an_issue_becomes_a_card_with_what_it_has(
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    [made] = await place.github.open_issues(
        REPOSITORY,
        [
            NewIssue(
                title="Refund twice",
                body=BODY,
                labels={"bug": "d73a4a"},
                assignees=["ann", "octo"],
                milestone=NewMilestone(title="v1", due_on=datetime(2999, 1, 31, tzinfo=UTC)),
            )
        ],
    )

    done = await take_in(place, ann, board, connected)

    assert (done["state"], done["problem"]) == ("done", None)
    assert done["receipt"]["differences"] == []
    [card] = (await cards_on(ann, board)).values()
    url = f"{place.github.web_url}/{REPOSITORY}/issues/{made.number}"
    paragraphs = card["description"].split("\n\n")
    assert paragraphs[:3] == [
        "Money comes back twice.",
        "See the log.",
        "_Assigned at GitHub to octo._",
    ]
    assert paragraphs[3].startswith(
        f"_Was [{REPOSITORY}#{made.number}]({url}) at GitHub, opened by octo on "
    )
    assert card["acceptance_criteria"] == "- [ ] Bank\n  - [x] Its answer"
    assert card["assignee_ids"] == [str(ann.user_id)]
    assert (card["column"], card["labels"], card["sprint"]) == ("To Do", ["bug"], "v1")
    assert [each["url"] for each in card["attachments"]] == [url]
    [label] = (await ann.snapshot(board["id"]))["labels"]
    assert label["color"] == "#d73a4a"


async def test_issues_come_in_their_order_and_closed_ones_are_done(
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    closed = NewIssue(title="Never", closed_as="not_planned")
    await place.github.open_issues(REPOSITORY, ["First", closed, "Third"])
    await ann.card(board, "There before")

    preview = await look(place, ann, board, connected, issues="all")

    counts = preview["counts"]
    assert (counts["issues"], counts["cards"], counts["closed"]) == (3, 3, 1)
    assert [(each["name"], each["cards"]) for each in preview["columns"]] == [
        ("To Do", 2),
        ("Done", 1),
    ]
    assert [each["kind"] for each in preview["notes"]] == ["not_planned"]
    await carry_out(place, ann, preview)
    cards = await cards_on(ann, board)
    assert [(title, card["column"]) for title, card in cards.items()] == [
        ("There before", "To Do"),
        ("First", "To Do"),
        ("Never", "Done"),
        ("Third", "To Do"),
    ]
    ranks = [cards[title]["rank"] for title in ("There before", "First", "Third")]
    assert ranks == sorted(ranks)
    assert "closed as not planned on " in cards["Never"]["description"]
    issue = await place.github.change_issue(REPOSITORY, 2, IssueChange(body=""))
    assert issue.state == "closed"


async def test_a_card_begins_and_ends_when_its_issue_did(
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    await place.github.freeze_clock(datetime(2026, 1, 2, 10, 30, tzinfo=UTC))
    await place.github.open_issues(REPOSITORY, [NewIssue(title="Old", closed_as="completed")])
    await place.github.run_clock()

    await take_in(place, ann, board, connected, issues="all")

    card = (await cards_on(ann, board))["Old"]
    assert card["created_at"] == card["completed_at"] == "2026-01-02T10:30:00.000000Z"
    assert (
        ", opened by octo on 2026-01-02, closed as completed on 2026-01-02._"
        in (card["description"])
    )


async def test_issues_of_another_repository_that_took_the_name_do_not_come(
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    await place.github.add_fault("drop_deliveries")
    await place.github.rename_repository(REPOSITORY, "elsewhere")
    await place.repository(ann)
    body = {"board_id": board["id"], "repository_id": connected["id"]}
    path = f"/workspaces/{connected['workspace_id']}/imports/github"
    refused = expect(await ann.post(path, json=body), 404)
    assert refused["detail"].startswith(f"Another repository is called {REPOSITORY} by now")
    assert await place.rows("SELECT id FROM imports") == []


async def test_the_preview_says_what_the_board_would_get_and_makes_nothing(
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    label = {"name": "BUG", "color": "#000000"}
    expect(await ann.post(f"/boards/{board['id']}/labels", json=label), 201)
    version = (await ann.snapshot(board["id"]))["version"]
    wanted = NewIssue(
        title="Refund",
        labels={"bug": "d73a4a", "bank": "0E8A16"},
        assignees=["ann", "octo"],
        milestone=NewMilestone(title="v1", due_on=datetime(2999, 1, 31, tzinfo=UTC)),
        comments=[NewComment(author="octo", body="Really?")],
    )
    await place.github.open_issues(REPOSITORY, [wanted])
    await place.github.push(REPOSITORY, "feature/x", ["Begin"], actor="ann")
    await place.github.open_pull_request(REPOSITORY, "feature/x", "Not an issue", author="ann")

    preview = await look(place, ann, board, connected, comments=True)

    assert (preview["state"], preview["source"]) == ("previewed", "github")
    assert (preview["file_name"], preview["board_name"]) == (REPOSITORY, board["name"])
    counts = preview["counts"]
    assert (counts["issues"], counts["pull_requests"], counts["comments"]) == (1, 1, 1)
    assert preview["new_labels"] == [{"name": "bank", "color": "#0e8a16"}]
    assert [(each["name"], each["ends_on"]) for each in preview["new_sprints"]] == [
        ("v1", "2999-01-31")
    ]
    assert preview["people"] == {"ann": str(ann.user_id), "octo": None}
    notes = {each["kind"]: each["examples"] for each in preview["notes"]}
    assert notes == {"not_matched": ["octo"], "shortened": ["v1"]}
    assert (await ann.snapshot(board["id"]))["version"] == version


async def test_a_milestone_ends_when_it_is_due_or_was_closed_and_is_a_year_at_most_and_else_is_a_label(
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    await place.github.freeze_clock(datetime(2026, 1, 2, tzinfo=UTC))
    late, far = datetime(2026, 2, 1, tzinfo=UTC), datetime(2028, 2, 1, tzinfo=UTC)
    await place.github.open_issues(
        REPOSITORY,
        [
            NewIssue(title="Due", milestone=NewMilestone(title="v1", due_on=late)),
            NewIssue(title="Closed", milestone=NewMilestone(title="v2", due_on=late, closed=True)),
            NewIssue(title="Some day", milestone=NewMilestone(title="v3")),
            NewIssue(title="Far", milestone=NewMilestone(title="v4", due_on=far)),
        ],
    )
    await place.github.run_clock()

    done = await take_in(place, ann, board, connected)

    sprints = (await ann.snapshot(board["id"]))["sprints"]
    assert {each["name"]: (each["starts_on"], each["ends_on"]) for each in sprints} == {
        "v1": ("2026-01-02", "2026-02-01"),
        "v2": ("2026-01-01", "2026-01-02"),
        "v4": ("2027-02-01", "2028-02-01"),
    }
    cards = await cards_on(ann, board)
    assert (cards["Due"]["sprint"], cards["Closed"]["sprint"]) == ("v1", "v2")
    assert (cards["Some day"]["sprint"], cards["Some day"]["labels"]) == (None, ["Milestone: v3"])
    assert (done["receipt"]["made"]["sprints"], done["receipt"]["differences"]) == (3, [])
    notes = {note["kind"]: note["examples"] for note in done["receipt"]["left"]}
    assert notes == {"as_label": ["v3"], "shortened": ["v4"]}


async def test_comments_come_when_asked_for_with_who_said_them_and_when(
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    await place.github.freeze_clock(datetime(2026, 1, 2, 10, 30, tzinfo=UTC))
    said = [NewComment(author="octo", body="Really?"), NewComment(author="ann", body="Yes.")]
    await place.github.open_issues(REPOSITORY, [NewIssue(title="Refund", comments=said)])
    await place.github.run_clock()
    await take_in(place, ann, board, connected)
    card = (await cards_on(ann, board))["Refund"]
    assert card["comment_count"] == 0

    done = await take_in(place, ann, board, connected, comments=True)
    await place.github.comment_on_issue(REPOSITORY, 1, "octo", "And now?")
    await take_in(place, ann, board, connected, comments=True)

    page = expect(await ann.get(f"/cards/{card['id']}/comments"), 200)
    bodies = [each["body"] for each in page["items"]]
    assert bodies[:2] == [
        "**octo** wrote on 2026-01-02 at 10:30 UTC:\n\nReally?",
        "**ann** wrote on 2026-01-02 at 10:30 UTC:\n\nYes.",
    ]
    assert [body.partition("\n\n")[2] for body in bodies] == ["Really?", "Yes.", "And now?"]
    assert done["receipt"]["made"]["comments"] == 2
    assert (await cards_on(ann, board))["Refund"]["comment_count"] == 3


async def test_an_issue_that_is_a_card_does_not_come_again(
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    await place.github.open_issues(REPOSITORY, ["First"])
    await take_in(place, ann, board, connected)
    await place.github.open_issues(REPOSITORY, ["Second"])

    preview = await look(place, ann, board, connected)
    counts = preview["counts"]
    assert (counts["cards"], counts["known"], counts["changed"]) == (1, 1, 0)
    done = await carry_out(place, ann, preview)

    assert done["receipt"]["made"]["cards"] == 1
    assert list(await cards_on(ann, board)) == ["First", "Second"]


async def test_again_brings_up_to_date_what_was_asked_for_and_nothing_else(
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    await place.github.open_issues(REPOSITORY, [NewIssue(title="Refund", body="Old")])
    await take_in(place, ann, board, connected)
    card = (await cards_on(ann, board))["Refund"]
    expect(await ann.patch(f"/cards/{card['id']}", json={"description": "Ours"}), 200)
    await place.github.advance_clock(60)
    change = IssueChange(
        title="Refund twice", body="New", labels={"bug": "d73a4a"}, closed_as="completed"
    )
    await place.github.change_issue(REPOSITORY, 1, change)
    wanted: Json = {"issues": "all", "update": ["title", "labels", "column"]}

    untouched = await take_in(place, ann, board, connected, **wanted)
    assert list(await cards_on(ann, board)) == ["Refund"]
    done = await take_in(place, ann, board, connected, again=True, **wanted)

    assert [note["kind"] for note in untouched["receipt"]["left"]] == ["changed"]
    assert (done["receipt"]["made"]["updated"], done["receipt"]["made"]["cards"]) == (1, 0)
    changed = (await cards_on(ann, board))["Refund twice"]
    assert (changed["id"], changed["description"]) == (card["id"], "Ours")
    assert (changed["labels"], changed["column"]) == (["bug"], "Done")
    settled = await take_in(place, ann, board, connected, again=True, **wanted)
    assert settled["receipt"]["made"]["updated"] == 0


async def test_a_card_that_somebody_deleted_does_not_come_back(
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    await place.github.open_issues(REPOSITORY, ["First"])
    await take_in(place, ann, board, connected)
    card = (await cards_on(ann, board))["First"]
    expect(await ann.delete(f"/cards/{card['id']}"), 204)

    done = await take_in(place, ann, board, connected, again=True)

    assert await cards_on(ann, board) == {}
    assert [note["kind"] for note in done["receipt"]["left"]] == ["deleted"]


async def test_what_came_is_taken_away_and_can_come_again(
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    await ann.card(board, "Ours")
    await place.github.open_issues(REPOSITORY, ["First", "Second"])
    done = await take_in(place, ann, board, connected)
    card = (await cards_on(ann, board))["First"]
    expect(await ann.patch(f"/cards/{card['id']}", json={"title": "Mine"}), 200)

    refused = expect(await ann.delete(where(done)), 409)
    name = {"board_name": board["name"]}
    expect(await ann.delete(where(done), params=name), 204)

    assert (refused["code"], refused["changes"]) == ("import_changed_since", 1)
    assert list(await cards_on(ann, board)) == ["Ours"]
    assert (await shown(ann, done))["state"] == "removed"
    await take_in(place, ann, board, connected)
    assert list(await cards_on(ann, board)) == ["Ours", "First", "Second"]


async def test_the_importer_says_who_is_who(
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    await place.github.open_issues(
        REPOSITORY, [NewIssue(title="Refund", assignees=["octo", "ann"])]
    )
    preview = await look(place, ann, board, connected)
    people = {"octo": str(ann.user_id), "ann": None}
    expect(await ann.patch(where(preview), json={"people": people}), 200)
    refused = expect(await ann.patch(where(preview), json={"board_name": "Else"}), 422)

    await carry_out(place, ann, preview)

    assert refused["code"] == "invalid"
    card = (await cards_on(ann, board))["Refund"]
    assert card["assignee_ids"] == [str(ann.user_id)]
    assert "_Assigned at GitHub to ann._" in card["description"]


async def test_a_repository_without_issues_is_refused_at_once(
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    await place.github.change_repository(REPOSITORY, RepositoryChange(has_issues=False))
    path = f"/workspaces/{connected['workspace_id']}/imports/github"
    body = {"board_id": board["id"], "repository_id": connected["id"]}

    assert expect(await ann.post(path, json=body), 409)["code"] == "issues_disabled"
    assert await place.rows("SELECT id FROM imports") == []


async def test_a_repository_that_the_account_may_not_see_is_refused(
    place: Place, ann: Actor, workspace: Json, board: Json, connected: Json
) -> None:
    bob = await place.person("bob")
    await ann.invite(workspace, bob, "member")
    await place.github.change_repository(REPOSITORY, RepositoryChange(private=True))
    path = f"/workspaces/{connected['workspace_id']}/imports/github"
    body = {"board_id": board["id"], "repository_id": connected["id"]}

    assert expect(await bob.post(path, json=body), 404)["code"] == "github_not_found"


async def test_again_can_bring_every_field_up_to_date(
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    await place.github.open_issues(
        REPOSITORY, [NewIssue(title="Refund", labels={"bug": "d73a4a"}, closed_as="completed")]
    )
    await take_in(place, ann, board, connected, issues="all")
    await place.github.advance_clock(60)
    due = datetime(2999, 1, 31, tzinfo=UTC)
    change = IssueChange(
        body="New\n- [ ] Bank",
        labels={"bank": "0e8a16"},
        assignees=["ann"],
        milestone=NewMilestone(title="v1", due_on=due),
        reopened=True,
    )
    await place.github.change_issue(REPOSITORY, 1, change)
    fields = ["title", "description", "acceptance_criteria", "labels"]
    fields += ["assignees", "sprint", "column"]

    await take_in(place, ann, board, connected, again=True, update=fields)

    card = (await cards_on(ann, board))["Refund"]
    assert card["description"].startswith("New\n\n_Was ")
    assert card["acceptance_criteria"] == "- [ ] Bank"
    assert card["labels"] == ["bank", "bug"]
    assert card["assignee_ids"] == [str(ann.user_id)]
    assert (card["sprint"], card["column"], card["completed_at"]) == ("v1", "To Do", None)
    log = await read_whole_log(ann, board["id"])
    assert differences(fold(log), as_comparable(await ann.snapshot(board["id"]))) == []


async def test_labels_for_which_the_board_has_no_room_are_left_and_named(
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    wanted = [
        NewIssue(title=f"Issue {i}", labels={f"label {i} {j}": "d73a4a" for j in range(25)})
        for i in range(MOST_LABELS // 25)
    ]
    await place.github.open_issues(REPOSITORY, wanted)
    label = {"name": "Ours", "color": "#000000"}
    expect(await ann.post(f"/boards/{board['id']}/labels", json=label), 201)

    done = await take_in(place, ann, board, connected)

    assert done["receipt"]["made"]["labels"] == MOST_LABELS - 1
    assert done["receipt"]["differences"] == ["labels", "card_labels"]
    [note] = done["receipt"]["left"]
    assert (note["kind"], note["about"], note["count"]) == ("too_many", "labels", 1)


async def test_an_import_that_is_over_is_not_started_again(
    place: Place, ann: Actor, board: Json, connected: Json
) -> None:
    await place.github.open_issues(REPOSITORY, ["First"])
    preview = await look(place, ann, board, connected)
    expect(await ann.delete(where(preview)), 204)

    refused = expect(await ann.post(f"{where(preview)}/start"), 409)

    assert (refused["code"], "ask for the issues again" in refused["detail"]) == (
        "import_not_ready",
        True,
    )
    assert await cards_on(ann, board) == {}
