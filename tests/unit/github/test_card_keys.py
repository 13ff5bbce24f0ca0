"""Cards are found in what people write on GitHub, and only there where they mean them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskly.github.rules.text import CardMention, MentionSource, find_card_keys
from tests.unit.github.friends import FALSE_FRIENDS, FRIENDS

BOARDS = ("PAY", "WEB", "A1", "CVE", "SK")
BODY, TITLE = MentionSource.BODY, MentionSource.TITLE
BRANCH, COMMIT = MentionSource.BRANCH, MentionSource.COMMIT


def named(text: str, source: MentionSource = BODY) -> str:
    """The cards, those that close with an exclamation mark: `PAY-1! WEB-2`."""
    mentions = find_card_keys(text, BOARDS, source=source, public_url="https://taskly.example/app")
    assert all(mention.source is source for mention in mentions)
    return " ".join(
        f"{mention.board_key}-{mention.number}{'!' if mention.closes else ''}"
        for mention in mentions
    )


def test_a_mention_says_which_card_where_and_whether_it_closes() -> None:
    assert find_card_keys("Closes pay-12 for WEB-3", ["PAY", "web"], source=BODY) == [
        CardMention("PAY", 12, closes=True, source=BODY),
        CardMention("WEB", 3, closes=False, source=BODY),
    ]


@pytest.mark.parametrize(("source", "text"), FALSE_FRIENDS)
def test_a_false_friend_links_nothing(source: MentionSource, text: str) -> None:
    assert named(text, source) == ""


@pytest.mark.parametrize(("source", "text", "cards"), FRIENDS)
def test_what_people_write_to_name_a_card_links_it(
    source: MentionSource, text: str, cards: str
) -> None:
    assert named(text, source) == cards


def test_both_tables_are_large_and_repeat_nothing() -> None:
    rows = [*FALSE_FRIENDS, *((source, text) for source, text, _ in FRIENDS)]
    assert min(len(FALSE_FRIENDS), len(FRIENDS)) >= 60
    assert len(set(rows)) == len(rows)


@pytest.mark.parametrize(
    ("text", "cards"),
    [
        ("PAY-123", "PAY-123"),
        ("pay-123 Pay-124", "PAY-123 PAY-124"),
        ("see PAY-1.", "PAY-1"),
        (
            "PAY-1, PAY-2; PAY-3: PAY-4! PAY-5? (PAY-6) [WEB-7] {A1-8} 'SK-9'",
            "PAY-1 PAY-2 PAY-3 PAY-4 PAY-5 PAY-6 WEB-7 A1-8 SK-9",
        ),
        ("PAY-1/PAY-2", "PAY-1 PAY-2"),
        ("#PAY-1", "PAY-1"),
        ("_PAY-1_ **PAY-2** ~~PAY-3~~", "PAY-1 PAY-2 PAY-3"),
        ("PAY-123-related work", "PAY-123"),
        ("on branch feature/PAY-12-add-refunds", "PAY-12"),
        ("修复PAY-5问题", "PAY-5"),
        ("PAY-5を直す", "PAY-5"),
        ("PAY-5를 고침", "PAY-5"),
        ("PAY-1…PAY-2—PAY-3", "PAY-1 PAY-2 PAY-3"),
        ("PAY-2 PAY-1 pay-2", "PAY-2 PAY-1"),
        ("PAY-999999999", "PAY-999999999"),
        ("| PAY-1 | done |", "PAY-1"),
        ("- [ ] PAY-1\n- [x] PAY-2", "PAY-1 PAY-2"),
        ("# PAY-1\n\ntext\n\n## PAY-2", "PAY-1 PAY-2"),
        ("- item\n\n    PAY-1 in its second paragraph", "PAY-1"),
        ("text\n    PAY-1 in the same paragraph", "PAY-1"),
        ("> quote\n\nPAY-1", "PAY-1"),
        ("`code` PAY-1 `code`", "PAY-1"),
        ("<!-- comment --> PAY-1", "PAY-1"),
        ("[PAY-1](https://elsewhere.example/x)", "PAY-1"),
        ("end of it PAY-1\r\nnext", "PAY-1"),
    ],
)
def test_a_key_at_word_boundaries_names_a_card(text: str, cards: str) -> None:
    assert named(text) == cards
    assert named(text, COMMIT) == cards


@pytest.mark.parametrize(
    "text",
    [
        "UTF-8, SHA-256, ISO-8859-1, RFC-9457, COVID-19, x86-64",
        "ABC-1",
        "PAY",
        "PAY-",
        "PAY-0",
        "PAY-007",
        "PAY-1234567890",
        "PAY\u20131",
        "PAY -1",
        "PAY- 1",
        "PAY_1",
        "PAY1",
        "PAY-x",
        "PAY-1a",
        "xPAY-1",
        "éPAY-1",
        "PAY-1é",
        "1PAY-1",
        "MY_PAY-1",
        "PAY-1_old",
        "NON-PAY-1",
        "PAY-1.5",
        "PAY-1.x",
        "PAY-1-2",
        "2026-A1-3",
        "CVE-2026-41284",
        "cve-2026-41284",
        "fixes CVE-2026-41284",
        "\u017fK-1",
        "S\u212a-1",
        "PAY-\u0661",
        "@pay-1",
        "acme/pay-1#34",
        "pay-1@example.com",
        "bob@pay-1.example.com",
        "Bob <bob+pay-1@example.com>",
        "git@github.com:acme/pay-1.git",
        "https://elsewhere.example/PAY-1",
        "https://elsewhere.example/?q=PAY-1&r=PAY-2#PAY-3",
        "http://elsewhere.example/c/PAY-1",
        "https://taskly.example.evil.example/app/c/PAY-1",
        "https://taskly.example/c/PAY-1",
        "https://taskly.example/app/boards/PAY-1",
        "https://taskly.example/app/c/PAY-1-x",
        "https://taskly.example/app/c/ABC-1",
        "[here](https://elsewhere.example/PAY-1)",
        "![picture](https://elsewhere.example/PAY-1.png 'title')",
        "<https://elsewhere.example/PAY-1>",
        "www.elsewhere.example/PAY-1",
        "elsewhere.example/PAY-1",
        "ssh://git@github.com/acme/PAY-1",
        "`PAY-1`",
        "``closes ` PAY-1``",
        "```\nPAY-1\n```",
        "~~~ text\nPAY-1\n~~~",
        "```\nPAY-1",
        "text\n\n    PAY-1",
        "\tPAY-1",
        "> PAY-1",
        "> > closes PAY-1",
        "- > PAY-1",
        "<!-- closes PAY-1 -->",
        "<!--\ncloses PAY-1\n\n-->",
        "<code>PAY-1</code>",
        "<pre>\n\nPAY-1\n\n</pre>",
        "PAY`x`-1",
    ],
)
def test_what_only_looks_like_a_key_names_no_card(text: str) -> None:
    assert named(text) == ""
    assert named(text, COMMIT) == ""


def test_a_false_friend_names_a_card_when_there_is_such_a_board() -> None:
    mentions = find_card_keys("in UTF-8, not CVE-7", ["UTF", "CVE"], source=BODY)
    assert [(mention.board_key, mention.number) for mention in mentions] == [("UTF", 8), ("CVE", 7)]


@pytest.mark.parametrize(
    ("text", "cards"),
    [
        ("https://taskly.example/app/c/PAY-1", "PAY-1"),
        ("HTTPS://Taskly.Example/app/c/pay-1.", "PAY-1"),
        ("(https://taskly.example/app/c/PAY-1), x", "PAY-1"),
        ("<https://taskly.example/app/c/PAY-1>", "PAY-1"),
        ("https://taskly.example/app/c/PAY-1?tab=log#c-2", "PAY-1"),
        ("https://taskly.example/app/c/PAY-1/", "PAY-1"),
        ("taskly.example/app/c/PAY-1", "PAY-1"),
        ("[the card](https://taskly.example/app/c/PAY-1 'its title')", "PAY-1"),
        (
            "closes https://taskly.example/app/c/PAY-1, https://taskly.example/app/c/PAY-2",
            "PAY-1! PAY-2!",
        ),
        (
            "closes [PAY-1](https://taskly.example/app/c/PAY-1), [it](https://taskly.example/app/c/PAY-2)",
            "PAY-1! PAY-2!",
        ),
        ("`https://taskly.example/app/c/PAY-1`", ""),
        ("> https://taskly.example/app/c/PAY-1", ""),
    ],
)
def test_the_address_of_a_card_names_it(text: str, cards: str) -> None:
    assert named(text) == cards


def test_without_an_address_of_our_own_every_address_is_another_one() -> None:
    assert find_card_keys("https://taskly.example/app/c/PAY-1", BOARDS, source=BODY) == []


def test_an_address_with_a_port_is_known() -> None:
    mentions = find_card_keys(
        "http://127.0.0.1:8000/c/PAY-1 http://127.0.0.1:80/c/PAY-2",
        BOARDS,
        source=BODY,
        public_url="http://127.0.0.1:8000/",
    )
    assert [mention.number for mention in mentions] == [1]


@pytest.mark.parametrize(
    "word",
    ["close", "closes", "closed", "fix", "fixes", "fixed", "resolve", "resolves", "resolved"],
)
def test_a_key_after_a_closing_word_closes(word: str) -> None:
    for text in [word, word.upper(), word.title()]:
        assert named(f"{text} PAY-1") == "PAY-1!"
        assert named(f"{text}: PAY-1") == "PAY-1!"
        assert named(f"This {text}\nPAY-1, I hope") == "PAY-1!"


@pytest.mark.parametrize(
    ("text", "cards"),
    [
        ("closes PAY-1, PAY-2 and PAY-3", "PAY-1! PAY-2! PAY-3!"),
        ("closes PAY-1, WEB-2, and PAY-3", "PAY-1! WEB-2! PAY-3!"),
        ("closes PAY-1 & PAY-2,PAY-3", "PAY-1! PAY-2! PAY-3!"),
        ("closes PAY-1,\nPAY-2\nAND PAY-3", "PAY-1! PAY-2! PAY-3!"),
        ("closes PAY-1, see PAY-2", "PAY-1! PAY-2"),
        ("closes PAY-1. PAY-2 is next", "PAY-1! PAY-2"),
        ("closes PAY-1 PAY-2", "PAY-1! PAY-2"),
        ("closes PAY-1 or PAY-2", "PAY-1! PAY-2"),
        ("closes PAY-1\n\nand PAY-2", "PAY-1! PAY-2"),
        ("see PAY-1, closes PAY-2", "PAY-1 PAY-2!"),
        ("closes ABC-1, PAY-2", "PAY-2!"),
        ("closes #12, PAY-2 and #13", "PAY-2!"),
        ("fixes PAY-1 and resolves PAY-2", "PAY-1! PAY-2!"),
        ("PAY-1 was hard. Closes PAY-1.", "PAY-1!"),
        ("closes PAY-1, more on PAY-1", "PAY-1!"),
        ("closes:PAY-1", "PAY-1!"),
        ("closes : PAY-1", "PAY-1!"),
        ("- closes PAY-1", "PAY-1!"),
        ("# Fixes PAY-1", "PAY-1!"),
        ("**Closes** PAY-1", "PAY-1!"),
        ("**Closes:** PAY-1", "PAY-1!"),
        ("_closes **PAY-1**, **PAY-2**_", "PAY-1! PAY-2!"),
        ("closes [PAY-1], [PAY-2]", "PAY-1! PAY-2!"),
        ("closes #PAY-1", "PAY-1!"),
        ("(closes PAY-1)", "PAY-1!"),
        ("closesPAY-1", ""),
        ("closes-PAY-1", ""),
        ("closing PAY-1", "PAY-1"),
        ("closes the PAY-1", "PAY-1"),
        ("encloses PAY-1", "PAY-1"),
        ("prefix PAY-1", "PAY-1"),
        ("hot-fix PAY-1", "PAY-1"),
        ("docs/fix PAY-1", "PAY-1"),
        ("fix (PAY-1)", "PAY-1"),
        ("fix(PAY-1): round down", "PAY-1"),
        ("closes `x` PAY-1", "PAY-1"),
        ("closes\n\nPAY-1", "PAY-1"),
        ("closes PAY-1, `x`, PAY-2", "PAY-1! PAY-2"),
        ("> closes PAY-1\n\nPAY-1", "PAY-1"),
        ("implements PAY-1", "PAY-1"),
    ],
)
def test_a_list_after_a_closing_word_closes_and_nothing_else_does(text: str, cards: str) -> None:
    assert named(text) == cards


@pytest.mark.parametrize(
    ("title", "cards"),
    [
        ("PAY-1: Add refunds", "PAY-1!"),
        ("Add refunds (pay-1, WEB-2)", "PAY-1! WEB-2!"),
        ("[PAY-1] > Add refunds", "PAY-1!"),
        ("    PAY-1", "PAY-1!"),
        ("> PAY-1", "PAY-1!"),
        ("fix(PAY-1): round down", "PAY-1!"),
        ("https://taskly.example/app/c/PAY-1", "PAY-1!"),
        ("Rename `PAY-1`", ""),
        ("Upgrade after CVE-2026-41284", ""),
        ("PAY-1.5 is out", ""),
        ("", ""),
    ],
)
def test_a_key_in_a_title_closes(title: str, cards: str) -> None:
    assert named(title, TITLE) == cards


@pytest.mark.parametrize(
    ("message", "cards"),
    [
        ("PAY-1: Add refunds\n\nFixes WEB-2.", "PAY-1 WEB-2"),
        ("Closes PAY-1", "PAY-1"),
        ("Merge pull request #4 from acme/feature/PAY-1-add-refunds", "PAY-1"),
        ("Co-authored-by: Bob <pay-1@example.com>", ""),
    ],
)
def test_a_key_in_a_commit_message_mentions(message: str, cards: str) -> None:
    assert named(message, COMMIT) == cards


@pytest.mark.parametrize(
    ("branch", "cards"),
    [
        ("feature/PAY-123-add-refunds", "PAY-123!"),
        ("feature/pay-123", "PAY-123!"),
        ("PAY-123", "PAY-123!"),
        ("PAY-123_add", "PAY-123!"),
        ("bob_PAY-123", "PAY-123!"),
        ("bob-pay-123-x", "PAY-123!"),
        ("bob/pay-123/x", "PAY-123!"),
        ("PAY-123.fix", "PAY-123!"),
        ("PAY-123-2", "PAY-123!"),
        ("feature/PAY-123-2-factor-sign-in", "PAY-123!"),
        ("PAY-1-WEB-2", "PAY-1! WEB-2!"),
        ("PAY-1_and_WEB-2", "PAY-1! WEB-2!"),
        ("v1-2-pay-3", "PAY-3!"),
        ("CVE-7-upgrade", "CVE-7!"),
        ("PAY-2024-report", "PAY-2024!"),
        ("fix/CVE-2026-41284", ""),
        ("fix/cve-2026-41284-openssl", ""),
        ("dependabot/npm_and_yarn/pay-1.2.3", ""),
        ("renovate/pay-3.x", ""),
        ("feature/repay-1", ""),
        ("feature/PAY-1st", ""),
        ("PAY-007", ""),
        ("utf-8", ""),
        ("main", ""),
        ("", ""),
    ],
)
def test_a_key_in_a_branch_name_closes(branch: str, cards: str) -> None:
    assert named(branch, BRANCH) == cards


@given(
    st.text(st.sampled_from("PAY-12 `~>\n\t<!->closes:,and.()[]#@/é中")),
    st.sampled_from(MentionSource),
)
def test_every_mention_is_written_in_the_text(text: str, source: MentionSource) -> None:
    mentions = find_card_keys(text, BOARDS, source=source, public_url="https://taskly.example")
    cards = [(mention.board_key, mention.number) for mention in mentions]
    assert len(set(cards)) == len(cards)
    for board_key, number in cards:
        assert board_key in BOARDS
        assert re.search(rf"(?i)\b{board_key}-{number}\b", text.replace("_", " "))


@given(st.lists(st.tuples(st.sampled_from(BOARDS), st.integers(1, 10**9 - 1)), unique=True))
def test_every_card_of_a_list_is_closed(cards: list[tuple[str, int]]) -> None:
    written = ", ".join(f"{board_key}-{number}" for board_key, number in cards)
    mentions = find_card_keys(f"Closes {written}.", BOARDS, source=BODY)
    assert mentions == [CardMention(*card, closes=True, source=BODY) for card in cards]


@pytest.mark.parametrize(
    "hostile",
    [
        "[" * 65_000,
        "[x](" + "y" * 65_000,
        "closes " * 10_000,
        "close" + " " * 65_000,
        "fix" + ":" * 65_000,
        "a" * 65_000,
        "a." * 32_000,
        "a@" * 32_000,
        "a@b.c:" * 10_000,
        "www." * 16_000,
        "x://" * 16_000,
        "a-1" * 20_000,
        "PAY-1, " * 9_000,
        "_" * 65_000,
        "*" * 65_000,
    ],
)
def test_hostile_text_is_read_to_its_end(hostile: str) -> None:
    assert named(f"{hostile}\n\ncloses PAY-7").split()[-1] == "PAY-7!"
