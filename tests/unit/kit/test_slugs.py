"""Slugs are short, plain and readable."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskly.kit.slugs import slugify


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Add refunds", "add-refunds"),
        ("  Add — refunds!! ", "add-refunds"),
        ("Don't panic, it's Bob\u2019s", "dont-panic-its-bobs"),
        ("the 'quoted' word", "the-quoted-word"),
        ("Upgrade to Python 3.14", "upgrade-to-python-3-14"),
        ("C++ & C#", "c-c"),
        ("a/b\\c:d~e^f?g*h[i", "a-b-c-d-e-f-g-h-i"),
        ("@{-1}..lock", "1-lock"),
        ("snake_case_name", "snake-case-name"),
        ("GitHub", "github"),
        ("Naïve Größe, ångström, Łódź", "naive-grosse-angstrom-lodz"),
        ("Добавить оплату", "dobavit-oplatu"),
        ("Προσθήκη", "prosthiki"),
        ("退款", "tui-kuan"),
        ("添加退款功能", "tian-jia-tui-kuan-gong-neng"),
        ("日本語テスト", "ri-ben-yu-tesuto"),
        ("환불 추가", "hwanbul-chuga"),
        ("½ price", "1-2-price"),
        ("🚀 launch", "rocket-launch"),
        ("a\0b\nc\td", "a-b-c-d"),
        ("a\ud800b", "ab"),
        ("", "card"),
        ("!?", "card"),
        ("---", "card"),
    ],
)
def test_a_text_becomes_a_slug(text: str, slug: str) -> None:
    assert slugify(text) == slug


@pytest.mark.parametrize(
    ("text", "limit", "slug"),
    [
        ("one two three", 13, "one-two-three"),
        ("one two three", 12, "one-two"),
        ("one two three", 8, "one-two"),
        ("one two three", 7, "one-two"),
        ("one two three", 6, "one"),
        ("one two three", 3, "one"),
        ("one two three", 2, "on"),
        ("one two three", 1, "o"),
        ("", 2, "ca"),
    ],
)
def test_a_long_text_is_cut_after_a_word(text: str, limit: int, slug: str) -> None:
    assert slugify(text, limit=limit) == slug


def test_a_slug_has_sixty_characters_unless_told_otherwise() -> None:
    assert slugify("x" * 61) == "x" * 60
    assert slugify("x" * 30 + " " + "y" * 29 + " z") == "x" * 30 + "-" + "y" * 29
    assert slugify("x" * 30 + " " + "y" * 30) == "x" * 30


def test_another_word_may_stand_for_nothing() -> None:
    assert slugify("…", default="user") == "user"


@pytest.mark.parametrize("limit", [0, -1])
def test_a_slug_without_room_is_refused(limit: int) -> None:
    with pytest.raises(ValueError, match=r"^a slug has at least one character$"):
        slugify("x", limit=limit)


@given(st.text(max_size=80), st.integers(1, 80))
def test_any_text_becomes_a_slug(text: str, limit: int) -> None:
    slug = slugify(text, limit=limit)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug)
    assert len(slug) <= limit
    assert slugify(slug, limit=limit) == slug
