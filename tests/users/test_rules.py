"""Where a browser may be sent, and what others see of a name."""

from urllib.parse import quote, unquote, urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskly.users.rules import is_local_path, is_stale_login, shown_name, stale_login


@pytest.mark.parametrize(
    "target",
    [
        "/",
        "/boards",
        "/boards/0199d2c0?card=PAY-1#comments",
        "/search?q=a%20b&next=https://example.com//x",
        "/%E2%82%AC".replace("%E2%82%AC", "euro"),
        "/100%",
    ],
)
def test_paths_of_this_site_are_fine(target: str) -> None:
    assert is_local_path(target)


@given(st.text(alphabet="/\\.:@?#%2f5c\t\r\n aé", max_size=12))
def test_what_is_fine_stays_on_this_site_however_often_it_is_decoded(text: str) -> None:
    if not is_local_path("/" + text):
        return
    target = "/" + text
    for _ in range(4):
        # Browsers read a backslash as a slash and leave tabs and line ends out.
        read = "".join(sign for sign in target if sign not in "\t\r\n").replace("\\", "/")
        path = read.partition("?")[0].partition("#")[0]
        assert urlsplit(urljoin("https://taskly.example/api", path)).netloc == "taskly.example"
        target = unquote(target.partition("?")[0].partition("#")[0])


@given(st.text(max_size=10))
def test_an_address_of_another_site_is_never_fine(rest: str) -> None:
    for start in ("//", "/\\", "\\", "https://", "/%2f", "/" + quote(quote("/", safe=""), safe="")):
        assert not is_local_path(start + rest)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Mona Lisa", "Mona Lisa"),
        ("  Mona\x00\u202e Lisa ", "Mona Lisa"),
        ("Mo\u0301na", "M\u00f3na"),
        (None, "mona"),
        ("", "mona"),
        ("\n\t ", "mona"),
        ("x" * 99 + " yz", "x" * 99),
        ("\ud800", "mona"),
    ],
)
def test_a_name_is_made_fit_to_be_shown(name: str | None, shown: str) -> None:
    assert shown_name(name, "mona", 100) == shown


def test_a_stale_login_fits_and_is_no_login_of_github() -> None:
    assert stale_login("mona", "3b8d1f10") == "mona~3b8d1f10"
    assert stale_login("mona~3b8d1f10", "0d6a3b8d") == "mona~0d6a3b8d"
    assert is_stale_login("mona~3b8d1f10")
    assert not is_stale_login("mona-3b8d1f10")
    assert len(stale_login("x" * 100, "3b8d1f10")) == 89
