"""What is wrong with a value is said in words that whoever sent it can act on."""

import pytest

from tests.support.actors import Actor, Json, expect

pytestmark = pytest.mark.anyio


@pytest.fixture
async def places(alice: Actor) -> dict[str, str]:
    """Paths of a workspace, a board and a card."""
    workspace = await alice.workspace()
    board = await alice.board(workspace)
    card = await alice.card(board)
    return {
        "workspace": f"/workspaces/{workspace['id']}",
        "board": f"/boards/{board['id']}",
        "card": f"/cards/{card['id']}",
    }


async def refusal(actor: Actor, path: str, body: Json) -> Json:
    """The first of the errors with which a request is refused."""
    refused: Json = expect(await actor.post(path, json=body), 422)
    first: Json = refused["errors"][0]
    return first


@pytest.mark.parametrize(
    ("where", "path", "body", "says"),
    [
        ("board", "/cards", {"title": "t" * 256}, "String should have at most 255 characters"),
        ("card", "/comments", {"body": ""}, "write something that can be seen"),
        ("board", "/cards", {"title": "a\nb"}, "write it on one line, without tabs"),
        ("workspace", "/boards", {"name": "B", "key": "p"}, "write 2 to 10 capital letters"),
        ("board", "/labels", {"name": "a", "color": "red"}, "write a colour as #"),
        ("workspace", "/invitations", {"emails": ["mona"]}, "write an e-mail address"),
        ("card", "/attachments", {"url": "https://a b"}, "write a link that begins with https://"),
        ("card", "/attachments", {"url": "ftp://a"}, "write a link that begins with https://"),
        ("card", "/attachments", {"url": "https://a:b@c/"}, "must not hold a name and a password"),
        ("card", "/attachments", {"url": "https://a/\u202efdp"}, "must not hold U+202E"),
        ("card", "/attachments", {"url": "https://[a/"}, "write a link with a host"),
        (
            "workspace",
            "/webhooks",
            {"url": "https://a b/", "event_types": ["*"]},
            "write an address without blanks",
        ),
        (
            "workspace",
            "/webhooks",
            {"url": "https://a/", "event_types": ["a b"]},
            "write a type of event",
        ),
    ],
)
async def test_it_is_said_what_should_be_written(
    alice: Actor, places: dict[str, str], where: str, path: str, body: Json, says: str
) -> None:
    first = await refusal(alice, places[where] + path, body)
    assert first["msg"].startswith(says)
    assert "^" not in first["msg"]


async def test_texts_of_one_kind_are_too_long_under_one_name(
    alice: Actor, places: dict[str, str]
) -> None:
    first = await refusal(alice, f"{places['board']}/cards", {"title": "t" * 256})
    assert (first["type"], first["loc"]) == ("string_too_long", ["body", "title"])
    labels = {"title": "t", "label_ids": [places["card"][-36:]] * 51}
    many = await refusal(alice, f"{places['board']}/cards", labels)
    assert many["type"] == "too_long"


@pytest.mark.parametrize("blank", ["\u200b", "\u2060\ufeff", "\u3164", "\u0301", "\u00a0\u200e"])
async def test_what_has_nothing_to_be_seen_is_no_text(
    alice: Actor, places: dict[str, str], blank: str
) -> None:
    for path, body in (
        ("/workspaces", {"name": blank}),
        (f"{places['board']}/cards", {"title": blank}),
        (f"{places['card']}/comments", {"body": f" {blank}\n"}),
        (f"{places['card']}/comments", {"body": "   "}),
    ):
        assert (await refusal(alice, path, body))["msg"] == "write something that can be seen"
    nothing = await alice.post(f"{places['board']}/cards/paste", json={"lines": f"- {blank}\n"})
    assert nothing.status_code == 422
    pasted = {"lines": f"{blank}\n- [ ] \U0001f600"}
    made = expect(await alice.post(f"{places['board']}/cards/paste", json=pasted), 201)
    assert [card["title"] for card in made["cards"]] == ["\U0001f600"]


async def test_what_is_meant_well_is_taken(alice: Actor, places: dict[str, str]) -> None:
    link = {"url": "HTTPS://example.com/caf\u00e9?at=a@b.c"}
    added = expect(await alice.post(f"{places['card']}/attachments", json=link), 201)
    assert added["url"] == link["url"]
    wanted = {"emails": [" mona@example.com ", "ann@example.com\n"]}
    invited = expect(await alice.post(f"{places['workspace']}/invitations", json=wanted), 201)
    assert "mona@example.com" in str(invited)


async def test_what_would_be_passed_over_is_refused(alice: Actor, places: dict[str, str]) -> None:
    item = {"text": "Ask", "position": 0}
    unknown = await refusal(alice, f"{places['board']}/cards", {"title": "t", "checklist": [item]})
    assert (unknown["type"], unknown["loc"][-1]) == ("extra_forbidden", "position")
    me = f"{places['workspace']}/members/{alice.user_id}"
    before = expect(await alice.get(f"{places['workspace']}/members"), 200)
    for nothing in ({"role": None}, {"capacity": None}):
        expect(await alice.patch(me, json=nothing), 422)
    assert expect(await alice.get(f"{places['workspace']}/members"), 200) == before
