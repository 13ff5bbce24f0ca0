"""Boards and cards from a terminal."""

import json

import pytest

from tests.client.conftest import Terminal
from tests.support.actors import Actor, column, expect, titles
from tests.support.linked import link_pull_requests
from tests.support.world import World

pytestmark = pytest.mark.anyio


async def test_somebody_new_comes_to_a_board_with_cards(alice_types: Terminal) -> None:
    assert (await alice_types.out("workspaces", "create", "Acme"))[1].startswith("Acme  admin")
    made = ["boards", "create", "Payments", "--template", "bug-triage"]
    assert (await alice_types.out(*made))[1] == "PAY  Payments"
    assert await alice_types.out("cards", "create", "Refund twice", "--board", "pay") == [
        "Card   Title",
        "PAY-1  Refund twice",
    ]
    assert [line[:7] for line in await alice_types.out("workspaces")] == ["Name  R", "Acme  a"]
    [_, board] = await alice_types.out("boards")
    assert board.split() == ["PAY", "Payments", "1", "1", "2026-11-23"]


async def test_cards_are_made_with_all_that_was_said(alice: Actor, alice_types: Terminal) -> None:
    workspace = await alice.workspace()
    board = await alice.board(workspace, template="bug-triage")
    label = board["labels"][0]
    await alice.card(board, "First", column_id=board["columns"][1]["id"])
    words = ["cards", "create", "Refund", "-b", "PAY", "-c", board["columns"][1]["name"].lower()]
    words += ["-d", "Twice", "-p", "high", "--points", "3", "--due", "2026-12-04"]
    words += ["-l", label["name"], "-a", "me", "--top", "--json"]

    made = json.loads("\n".join(await alice_types.out(*words)))

    card = expect(await alice.get(f"/cards/{made['id']}"), 200)
    fields = ("title", "description", "priority", "story_points", "due_date", "position")
    assert [card[name] for name in fields] == ["Refund", "Twice", "high", 3, "2026-12-04", 0]
    assert (card["label_ids"], card["assignee_ids"]) == ([label["id"]], [str(alice.user_id)])
    assert card["column_id"] == board["columns"][1]["id"]


async def test_lines_of_input_become_cards(alice: Actor, alice_types: Terminal) -> None:
    board = await alice.board(await alice.workspace())
    printed = await alice_types.out(
        "cards", "paste", "-b", "PAY", "-c", "in-progress", typed="- One\n- [ ] Two\n"
    )
    assert printed == ["Card   Title", "PAY-1  One", "PAY-2  Two"]
    assert titles(await alice.snapshot(board["id"]), "In Progress") == ["One", "Two"]


async def test_cards_are_listed_by_board_by_words_and_by_person(
    alice: Actor, alice_types: Terminal
) -> None:
    board = await alice.board(await alice.workspace())
    for title in ("Refund", "Show fees"):
        await alice.card(board, title, assignee_ids=[str(alice.user_id)], priority="low")
    other = await alice.board({"id": board["workspace_id"]}, name="Mobile", key="MOB")
    await alice.card(other, "Refund on phones", story_points=5, due_date="2026-12-01")

    assert await alice_types.out("cards", "list", "--board", "PAY") == [
        "Card   Column  Title      Priority  Points  Due",
        "PAY-1  To Do   Refund     low",
        "PAY-2  To Do   Show fees  low",
    ]
    assert [line[:5] for line in await alice_types.out("cards", "list", "--mine")] == [
        "Card ",
        "PAY-1",
        "PAY-2",
    ]
    assert await alice_types.out("cards", "list", "points:5", "is:open") == [
        "Card   Column  Title             Priority  Points  Due",
        "MOB-1  To Do   Refund on phones            5       2026-12-01",
    ]
    whole = json.loads("\n".join(await alice_types.out("cards", "list", "--json", "--limit", "2")))
    assert len(whole) == 2


async def test_a_list_goes_on_over_all_pages(alice: Actor, alice_types: Terminal) -> None:
    board = await alice.board(await alice.workspace())
    lines = "\n".join(f"Card {number}" for number in range(205))
    expect(await alice.post(f"/boards/{board['id']}/cards/paste", json={"lines": lines}), 201)
    printed = await alice_types.out("cards", "list", "-b", "PAY", "--limit", "203")
    assert (len(printed), printed[-1].split()[0]) == (204, "PAY-203")


async def test_a_card_is_shown_with_its_texts(alice: Actor, alice_types: Terminal) -> None:
    board = await alice.board(await alice.workspace())
    card = await alice.card(
        board,
        "Refund",
        description="It fails.\nTwice.",
        acceptance_criteria="- [ ] Both arrive",
        checklist=[{"text": "Ask the bank", "done": True}],
        assignee_ids=[str(alice.user_id)],
    )
    link = {"url": "https://example.com/a", "title": "How"}
    expect(await alice.post(f"/cards/{card['id']}/attachments", json=link), 201)
    assert await alice_types.out("cards", "show", "pay-1") == [
        "PAY-1  Refund",
        "Board     Payments",
        "Column    To Do",
        "Assigned  alice",
        "",
        "Description",
        "It fails.",
        "Twice.",
        "",
        "Acceptance criteria",
        "- [ ] Both arrive",
        "",
        "Steps",
        "[x] Ask the bank",
        "",
        "Links",
        "How  https://example.com/a",
    ]


async def test_cards_are_moved_to_a_place(alice: Actor, alice_types: Terminal) -> None:
    board = await alice.board(await alice.workspace())
    for title in ("One", "Two", "Three", "Four"):
        await alice.card(board, title)
    for words in (
        ["PAY-1", "Done"],
        ["PAY-2", "done", "--top"],
        ["PAY-3", "Done", "--after", "PAY-2"],
        ["PAY-4", "Done", "--before", "PAY-2"],
    ):
        assert await alice_types.out("cards", "move", *words) == [f"{words[0]} is in Done."]
    assert titles(await alice.snapshot(board["id"]), "Done") == ["Four", "Two", "Three", "One"]
    refused = await alice_types.run("cards", "move", "PAY-1", "Done", "--top", "--after", "PAY-2")
    assert (refused.code, "Use one of" in refused.err) == (2, True)


@pytest.mark.parametrize("written", ["tomorrow", "4.12.2026", "2026-02-30"])
async def test_a_day_that_is_none_is_refused_with_how_to_write_one(
    alice_types: Terminal, written: str
) -> None:
    refused = await alice_types.run("cards", "create", "Refund", "-b", "PAY", "--due", written)
    says = "Invalid value for '--due': Write the day as YYYY-MM-DD."
    assert (refused.code, says in refused.err) == (2, True)


async def test_a_card_is_shown_with_what_to_do_about_its_drift(
    world: World, alice: Actor, alice_types: Terminal
) -> None:
    board = await alice.board(await alice.workspace("Acme"), name="Payments", key="PAY")
    card = await alice.card(board, "Refund twice", column_id=column(board, "Done")["id"])
    await link_pull_requests(world, board, [card])
    lines = await alice_types.out("cards", "show", "PAY-1")
    advice = "octo/payments#7 is open: merge or close it, or take the card back to work."
    assert [line.split(maxsplit=1)[1] for line in lines if line.startswith("Drift")] == [advice]


async def test_a_board_is_shown_column_by_column(alice: Actor, alice_types: Terminal) -> None:
    board = await alice.board(await alice.workspace())
    await alice.card(board, "One")
    await alice.card(board, "Two")
    await alice.card(board, "Three", column_id=column(board, "Done")["id"])
    assert await alice_types.out("boards", "show", "payments") == [
        "PAY  Payments",
        "Version  8",
        "Column       Card   Title",
        "To Do        PAY-1  One",
        "             PAY-2  Two",
        "In Progress",
        "In Review",
        "Done         PAY-3  Three",
    ]


async def test_what_is_found_is_shown_with_where_it_stands(
    alice: Actor, alice_types: Terminal
) -> None:
    board = await alice.board(await alice.workspace())
    await alice.card(board, "Fees", description="Like a refund.")
    assert await alice_types.out("search", "refund") == [
        "Card   Board     Column  Found",
        "PAY-1  Payments  To Do   Fees",
        "                         Like a refund.",
    ]
    found = json.loads("\n".join(await alice_types.out("search", "refund", "--json")))
    assert [card["key"] for card in found] == ["PAY-1"]


async def test_what_is_named_wrongly_is_refused_with_what_there_is(
    alice: Actor, alice_types: Terminal
) -> None:
    refused = await alice_types.run("boards")
    assert refused.err == "You are in no workspace yet. Make one, or let somebody invite you.\n"
    board = await alice.board(await alice.workspace("Acme"))
    await alice.card(board, "One")
    for words, says in (
        (["cards", "show", "PAY-9"], "There is no card 'PAY-9' in Acme."),
        (["cards", "show", "a/b"], "There is no card 'a/b' in Acme."),
        (["cards", "list", "-b", "NO"], "There is no board 'NO'; there are PAY."),
        (["cards", "move", "PAY-1", "Gone"], "there are To Do, In Progress, In Review, Done."),
        (["cards", "create", "X", "-b", "PAY", "-l", "no"], "There is no label 'no'"),
        (["cards", "create", "X", "-b", "PAY", "-a", "no"], "There is no member 'no'"),
        (["cards", "create", "", "-b", "PAY"], "title: String should have at least 1 character"),
        (["search", "label:"], "Write what you look for directly behind label:"),
        (["boards", "-w", "Other"], "There is no workspace 'Other'; there are Acme."),
    ):
        printed = await alice_types.run(*words)
        assert (printed.code, printed.out) == (1, "")
        assert says in printed.err
    assert len((await alice.snapshot(board["id"]))["cards"]) == 1


async def test_with_several_workspaces_one_has_to_be_named(
    alice: Actor, alice_types: Terminal
) -> None:
    for name in ("Acme", "Big Bank"):
        await alice.board(await alice.workspace(name), name=f"Of {name}", key=name[:2].upper())
    refused = await alice_types.run("boards")
    assert refused.err == "Say which workspace, with --workspace: Acme, Big Bank.\n"
    assert (await alice_types.out("boards", "-w", "big-bank"))[1].startswith("BI")
    alice_types.variables["TASKLY_WORKSPACE"] = "acme"
    assert (await alice_types.out("boards"))[1].startswith("AC")


@pytest.mark.parametrize(
    "words",
    [
        ("boards", "-w", "big-bank", "create", "X"),
        ("boards", "--json", "list"),
        ("workspaces", "--json", "create", "X"),
    ],
)
async def test_options_in_front_of_the_second_word_are_refused(
    alice: Actor, alice_types: Terminal, words: tuple[str, ...]
) -> None:
    workspace = await alice.workspace("Big Bank")
    refused = await alice_types.run(*words)
    assert (refused.code, refused.out) == (2, "")
    assert f"Write options behind `{words[-2] if words[-1] == 'X' else 'list'}`." in refused.err
    assert expect(await alice.get(f"/workspaces/{workspace['id']}/boards"), 200)["items"] == []
    assert len(expect(await alice.get("/workspaces"), 200)["items"]) == 1


async def test_a_workspace_of_the_environment_counts_for_every_command(
    alice: Actor, alice_types: Terminal
) -> None:
    await alice.workspace("Acme")
    await alice.workspace("Big Bank")
    alice_types.variables["TASKLY_WORKSPACE"] = "acme"
    assert (await alice_types.out("boards", "create", "Payments"))[1] == "PAY  Payments"


async def test_what_people_wrote_steers_no_terminal(alice: Actor, alice_types: Terminal) -> None:
    board = await alice.board(await alice.workspace())
    title = "One\x9b2J\u202egnp"
    await alice.card(board, title, description="a\tb\x9b[2J\n\u2066c")
    assert (await alice_types.out("cards", "list", "-b", "PAY"))[1].startswith(
        "PAY-1  To Do   One\ufffd2Jgnp"
    )
    assert (await alice_types.out("cards", "show", "PAY-1"))[-2:] == ["a\tb\ufffd[2J", "c"]
    printed = (await alice_types.run("cards", "show", "PAY-1", "--json")).out
    assert not {"\x9b", "\u202e", "\u2066"}.intersection(printed)
    assert json.loads(printed)["title"] == title


async def test_long_texts_are_printed_as_they_are(alice: Actor, alice_types: Terminal) -> None:
    board = await alice.board(await alice.workspace())
    words = "word " * 3000 + "end"
    await alice.card(board, "One", description=words)
    assert (await alice_types.out("cards", "show", "PAY-1"))[-1] == words


async def test_who_sees_a_part_of_a_list_is_told_so(alice: Actor, alice_types: Terminal) -> None:
    board = await alice.board(await alice.workspace())
    lines = "\n".join(f"Card {number}" for number in range(51))
    expect(await alice.post(f"/boards/{board['id']}/cards/paste", json={"lines": lines}), 201)
    for words, usually in ((["cards", "list"], 50), (["search", "card"], 20)):
        printed = await alice_types.run(*words)
        assert len(printed.lines) == 1 + usually
        assert printed.err == f"{usually} shown, there are more: use --limit.\n"
        assert len(await alice_types.out(*words, "--limit", "2")) == 3
        assert len(await alice_types.out(*words, "--limit", "51")) == 52
        assert len(json.loads("\n".join(await alice_types.out(*words, "--json")))) == 51


async def test_ones_own_cards_are_those_of_all_boards(alice: Actor, alice_types: Terminal) -> None:
    await alice.board(await alice.workspace("Acme"))
    alice_types.variables |= {"TASKLY_BOARD": "PAY", "TASKLY_WORKSPACE": "acme"}
    assert (await alice_types.run("cards", "list", "--mine")).code == 0
    for words in (["--board", "PAY"], ["-w", "acme"]):
        refused = await alice_types.run("cards", "list", "--mine", *words)
        assert (refused.code, "--mine is about all workspaces" in refused.err) == (2, True)


async def test_a_column_that_is_too_full_is_told_of(alice: Actor, alice_types: Terminal) -> None:
    board = await alice.board(await alice.workspace())
    there = f"/boards/{board['id']}/columns/{column(board, 'In Review')['id']}"
    expect(await alice.patch(there, json={"wip_limit": 1}), 200)
    says = "This is in a column which holds more cards than its limit.\n"
    create = ["cards", "create", "X", "-b", "PAY", "-c", "in-review"]
    assert [(await alice_types.run(*create)).err for _ in range(2)] == ["", says]
    pasted = await alice_types.run(
        "cards", "paste", "-b", "PAY", "-c", "in-review", "--json", typed="Y"
    )
    assert ([card["title"] for card in json.loads(pasted.out)], pasted.err) == (["Y"], says)


async def test_input_that_is_no_text_is_refused(alice: Actor, alice_types: Terminal) -> None:
    board = await alice.board(await alice.workspace())
    refused = await alice_types.run("cards", "paste", "-b", "PAY", typed=b"One\n\xff")
    assert (refused.code, refused.err) == (1, "Standard input is not UTF-8, from byte 4 on.\n")
    assert (await alice.snapshot(board["id"]))["cards"] == []


async def test_queries_come_through_as_the_guide_writes_them(
    alice: Actor, alice_types: Terminal
) -> None:
    board = await alice.board(await alice.workspace())
    await alice.card(board, "Refund twice", priority="high")
    await alice.card(board, "Twice a refund")
    for words, keys in (
        (["cards", "list", "-b", "PAY", "--", "is:open", "-priority:high"], ["PAY-2"]),
        (["cards", "list", "-b", "PAY", "is:open", "NOT", "priority:high"], ["PAY-2"]),
        (["search", '"refund twice"'], ["PAY-1"]),
    ):
        assert [line.split()[0] for line in await alice_types.out(*words)] == ["Card", *keys]
