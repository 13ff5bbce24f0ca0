"""Branches are named after cards, in names that Git takes."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass, replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from taskly.github.rules.text import (
    DEFAULT_BRANCH_TEMPLATE,
    MAXIMUM_BRANCH_NAME_LENGTH,
    MentionSource,
    branch_name,
    find_card_keys,
    is_valid_ref_name,
    with_suffix,
)

GIT = shutil.which("git")
needs_git = pytest.mark.skipif(GIT is None, reason="needs git on the PATH")


def name_for(
    template: str,
    *,
    key: str = "PAY",
    number: int = 123,
    title: str = "Add refunds",
    type_: str = "feature",
    user: str = "octocat",
) -> str:
    return branch_name(template, key=key, number=number, title=title, type_=type_, user=user)


def git_takes(name: str) -> bool:
    if "\0" in name:
        return False
    command = [GIT or "git", "check-ref-format", "--branch", name]
    # Outside a repository, where `@{-1}` stands for no branch.
    asked = subprocess.run(command, env={"GIT_DIR": os.devnull}, capture_output=True, check=False)
    return asked.returncode == 0


@pytest.mark.parametrize(
    ("template", "name"),
    [
        (DEFAULT_BRANCH_TEMPLATE, "feature/PAY-123-add-refunds"),
        ("{type}/{key}-{number}", "feature/PAY-123"),
        ("{user}/{key}-{number}-{title}", "octocat/PAY-123-add-refunds"),
        ("{key}_{number}", "PAY_123"),
        ("{number}", "123"),
        ("{title}/{title}", "add-refunds/add-refunds"),
        ("release", "release"),
        ("{key}.{title}", "PAY.add-refunds"),
    ],
)
def test_a_template_is_filled(template: str, name: str) -> None:
    assert name_for(template) == name


def test_slugs_are_ascii_lower_case_and_cut_at_a_word() -> None:
    template = DEFAULT_BRANCH_TEMPLATE
    assert name_for(template, title="Größere Beträge: 退款!") == (
        "feature/PAY-123-grossere-betrage-tui-kuan"
    )
    assert name_for(template, title="word " * 20) == (
        "feature/PAY-123-word-word-word-word-word-word-word-word-word-word-word-word"
    )
    assert name_for("{type}/{user}", type_="Bug Fix", user="Octo_Cat") == "bug-fix/octo-cat"


def test_something_stands_for_an_empty_title_type_or_user() -> None:
    assert name_for("{type}/{user}/{title}", title="…", type_="", user="?") == "task/user/card"


@pytest.mark.parametrize(
    ("template", "complaint"),
    [
        ("{foo}", "the branch template has unknown variables: {foo}"),
        ("{Key}/{b}/{a}/{b}", "the branch template has unknown variables: {Key}, {a}, {b}"),
        ("{}", "the branch template has unknown variables: {}"),
        ("{ key }", "the branch template has unknown variables: { key }"),
        ("{key!r}", "the branch template has unknown variables: {key!r}"),
        ("{key:>999}", "the branch template has unknown variables: {key:>999}"),
        ("{key.__class__}", "the branch template has unknown variables: {key.__class__}"),
        ("{key", "the branch template has a brace that belongs to no variable"),
        ("key}", "the branch template has a brace that belongs to no variable"),
        ("{{key}}", "the branch template has a brace that belongs to no variable"),
        ("x" * 200 + "{title}", "the branch template leaves no room for its variables"),
        ("", "the branch template '' gives names that Git does not take"),
        ("my branch", "the branch template 'my branch' gives names that Git does not take"),
        ("-{key}", "the branch template '-{key}' gives names that Git does not take"),
        ("/{key}", "the branch template '/{key}' gives names that Git does not take"),
        ("{key}/", "the branch template '{key}/' gives names that Git does not take"),
        ("{key}//x", "the branch template '{key}//x' gives names that Git does not take"),
        (
            "{key}..{number}",
            "the branch template '{key}..{number}' gives names that Git does not take",
        ),
        ("{key}/.x", "the branch template '{key}/.x' gives names that Git does not take"),
        ("{key}.", "the branch template '{key}.' gives names that Git does not take"),
        ("a~b", "the branch template 'a~b' gives names that Git does not take"),
        ("@", "the branch template '@' gives names that Git does not take"),
    ],
)
def test_a_template_that_can_not_be_used_is_refused(template: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(complaint)}$"):
        name_for(template)


@pytest.mark.parametrize(
    ("template", "title", "name"),
    [
        ("{key}.{title}", "lock", "PAY-lock"),
        ("{key}.{title}/x", "lock", "PAY-lock/x"),
        ("{key}.l{title}", "ock", "PAY-lock"),
        (
            "{title}",
            "da39a3ee5e6b4b0d3255bfef95601890afd80709",
            "da39a3ee5e6b4b0d3255bfef95601890afd80709-branch",
        ),
    ],
)
def test_a_title_can_not_make_a_name_that_git_or_github_refuse(
    template: str, title: str, name: str
) -> None:
    assert name_for(template, title=title) == name


def test_a_board_called_head_has_branches() -> None:
    assert name_for("{key}", key="HEAD") == "HEAD-branch"


def test_a_long_name_gets_shorter_slugs() -> None:
    template = "x" * 150 + "/{key}-{number}-{title}"
    name = name_for(template, title="word " * 20)
    assert name == "x" * 150 + "/PAY-123-word-word-word-word-word-word-word-word"
    assert len(name) == 198
    tight = "x" * 179 + "{key}{number}{title}"
    assert name_for(tight, key="K" * 10, number=2**31 - 1, title="word") == (
        "x" * 179 + "KKKKKKKKKK2147483647w"
    )


def test_another_name_is_found_when_one_is_taken() -> None:
    assert with_suffix("feature/PAY-123-add-refunds", 2) == "feature/PAY-123-add-refunds-2"
    longest = "x" * MAXIMUM_BRANCH_NAME_LENGTH
    assert with_suffix(longest, 10) == "x" * 197 + "-10"
    assert with_suffix("x" * 197 + "/yy", 2) == "x" * 197 + "-2"
    assert with_suffix("x" * 190 + "/y.z-" + "y" * 9, 1234) == "x" * 190 + "/y.z-1234"


@pytest.mark.parametrize("n", [0, -1])
def test_suffixes_count_from_one(n: int) -> None:
    with pytest.raises(ValueError, match=r"^a suffix counts from 1$"):
        with_suffix("x", n)


VALID = [
    "main",
    "a",
    "feature/PAY-1-x",
    "a.b",
    "a/b/c",
    "a@b",
    "é/中",
    "a{b}",
    "a.lockx",
    "x@",
    "@x",
]
VALID += [
    "lock",
    "a.LOCK",
    "head",
    "HEAD/x",
    "a-",
    "a_",
    "#1",
    "a!b",
    "a'b",
    'a"b',
    "$x",
    "a\x80",
    "@/x",
]
INVALID = [
    "",
    "HEAD",
    "-",
    "-a",
    "/a",
    "a/",
    "a//b",
    ".a",
    "a/.b",
    "a.",
    "a..b",
    "a.lock",
    "a.lock/b",
]
INVALID += [
    "a b",
    "a\tb",
    "a\nb",
    "a\x7fb",
    "a\0b",
    "a~b",
    "a^b",
    "a:b",
    "a?b",
    "a*b",
    "a[b",
    "a\\b",
    "a@{b",
]
INVALID += ["@{-1}", "/", ".", "..", ".lock", "a/.lock"]


@pytest.mark.parametrize("name", VALID)
def test_a_name_that_git_takes_is_valid(name: str) -> None:
    assert is_valid_ref_name(name)


@pytest.mark.parametrize("name", INVALID)
def test_a_name_that_git_does_not_take_is_invalid(name: str) -> None:
    assert not is_valid_ref_name(name)


def test_a_name_that_git_reads_as_head_is_invalid() -> None:
    assert not is_valid_ref_name("@")


def test_a_name_that_is_no_unicode_is_invalid() -> None:
    assert not is_valid_ref_name("a\ud800")


@needs_git
@pytest.mark.parametrize("name", [*VALID, *INVALID])
def test_git_is_of_the_same_opinion(name: str) -> None:
    assert git_takes(name) is is_valid_ref_name(name)


@needs_git
@given(st.text(st.sampled_from("ab@{}./-lock~^:?*[\\ \x7f\té"), min_size=1, max_size=12))
@settings(max_examples=200)
def test_git_is_of_the_same_opinion_on_any_name(name: str) -> None:
    assert git_takes(name) is (is_valid_ref_name(name) or name == "@")


pieces = st.sampled_from(["{key}", "{number}", "{title}", "{type}", "{user}"]) | st.text(
    st.sampled_from("abl/-_.ock~ @{}é"), max_size=4
)
templates = st.lists(pieces, max_size=8).map("".join)


@dataclass(frozen=True)
class Card:
    """What a branch is named after."""

    key: str
    number: int
    title: str
    type_: str
    user: str

    def branch(self, template: str) -> str:
        return name_for(
            template,
            key=self.key,
            number=self.number,
            title=self.title,
            type_=self.type_,
            user=self.user,
        )


cards = st.builds(
    Card,
    key=st.from_regex(r"\A[A-Z0-9]{2,10}\Z"),
    number=st.integers(1, 2**31 - 1),
    title=st.text(max_size=255) | st.sampled_from(["lock", ".lock", "HEAD", "@", "0" * 40]),
    type_=st.text(max_size=20),
    user=st.text(max_size=80),
)


@given(templates, cards, cards)
def test_a_template_gives_valid_names_for_all_cards_or_for_none(
    template: str, one: Card, other: Card
) -> None:
    try:
        names = [one.branch(template), other.branch(template)]
    except ValueError:
        for card in (one, other):
            with pytest.raises(ValueError, match=r"^the branch template "):
                card.branch(template)
        return
    for name in [*names, *(with_suffix(name, n) for name in names for n in (2, 99))]:
        assert is_valid_ref_name(name)
        assert len(name) <= MAXIMUM_BRANCH_NAME_LENGTH


@needs_git
@given(templates, cards)
@settings(max_examples=100)
def test_git_takes_every_name_that_is_made(template: str, card: Card) -> None:
    try:
        name = card.branch(template)
    except ValueError:
        return
    assert git_takes(name)


@given(cards)
@example(Card("PAY", 1999, "2024 in review", "feature", "ann"))
def test_a_branch_that_we_named_names_its_card(card: Card) -> None:
    card = replace(card, number=min(card.number, 10**9 - 1))
    mentions = find_card_keys(
        card.branch(DEFAULT_BRANCH_TEMPLATE), [card.key], source=MentionSource.BRANCH
    )
    assert (mentions[0].board_key, mentions[0].number) == (card.key, card.number)
