"""Reports in Markdown and HTML: what people wrote stands for itself there."""

import re
from html.parser import HTMLParser

import pytest

from taskly.reports.document import Document, Line, Link, Section, safe_url
from taskly.reports.rendering import as_html, as_markdown
from tests.insights.test_code_answers import on
from tests.reports.code import merged
from tests.reports.place import Team, a_sprint
from tests.support.actors import expect

pytestmark = pytest.mark.anyio

NASTY = "a | *b* <script>alert(1)</script> [x](javascript:alert(1)) `c` https://evil.example"


class Tags(HTMLParser):
    """The tags of a page, and where its links lead."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.addresses: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag begins."""
        self.names.add(tag)
        self.addresses += [value or "" for name, value in attrs if name in {"href", "src"}]


async def written(team: Team, form: str) -> tuple[str, str]:
    """The report of the sprint in a format, and its type."""
    path = f"/sprints/{team.sprint['id']}/report"
    answer = await team.bob.get(path, params={"format": form})
    assert answer.status_code == 200, answer.text
    return answer.text, answer.headers["content-type"]


async def test_the_report_is_written_in_markdown(team: Team) -> None:
    cards = await a_sprint(team)
    await merged(team, (on(24, 12), cards["Early"], {"carol": on(24)}))

    text, kind = await written(team, "markdown")

    assert kind == "text/markdown; charset=utf-8"
    site = team.world.runtime.settings.public_url
    assert text.startswith(
        "# Sprint 12\n\nPayments / Checkout, 23 November 2026 to 4 December 2026\n\n"
        "> Refunds work twice\n\nSprint 12 ended with 6 of 15 points done"
    )
    assert "| Committed | 4 | 11 |\n| Added | +1 | +3 |\n| Removed | -1 | -2 |\n" in text
    early = (
        f"- [CHE-1]({site}/c/CHE-1) Early (3 points; Bob; Wed 25 Nov; [octo/payments\\#&#8203;1]("
    )
    assert f"## Delivered (2)\n\n{early}" in text
    assert f"- [CHE-2]({site}/c/CHE-2) Big (8 points; to Sprint 13)\n" in text
    assert text.endswith("- Bob (completed cards)\n- carol (reviewed pull requests)\n")


async def test_the_report_is_written_as_a_page_without_scripts_and_pictures(team: Team) -> None:
    cards = await a_sprint(team)
    expect(await team.alice.patch(f"/cards/{cards['Early']['id']}", json={"title": NASTY}), 200)

    page, kind = await written(team, "html")

    assert kind == "text/html; charset=utf-8"
    tags = Tags(page)
    assert tags.names.isdisjoint({"script", "img", "iframe", "form", "link"})
    assert all(each.startswith(team.world.runtime.settings.public_url) for each in tags.addresses)
    assert "a | *b* &lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "prefers-color-scheme: dark" in page


async def test_a_page_may_load_and_run_nothing(team: Team) -> None:
    answer = await team.bob.get(f"/sprints/{team.sprint['id']}/report?format=html")

    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; form-action 'none'")
    assert answer.headers["cache-control"] == "private, no-store"


async def test_a_format_that_there_is_not_is_refused(team: Team) -> None:
    answer = await team.bob.get(f"/sprints/{team.sprint['id']}/report?format=pdf")

    assert expect(answer, 422)["code"] == "invalid"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//x", "http://[", ""])
def test_only_addresses_of_the_web_lead_somewhere(url: str) -> None:
    link = Link("here", safe_url(url))
    document = Document("a", "b", "c", sections=[Section("d", [Line("e", notes=[link])])])

    assert Tags(as_html(document)).addresses == []
    assert "(here)" in as_markdown(document)


def test_an_address_can_not_end_its_link() -> None:
    url = safe_url('https://x.example/a) [y](https://z.example/"<b>') or ""
    document = Document("a", "b", "c", sections=[Section("d", [Line("e", notes=[Link("l", url)])])])

    assert url is not None
    assert re.findall(r"\[(.*?)\]\((.*?)\)", as_markdown(document)) == [
        ("l", url.replace("[", "%5B").replace("]", "%5D"))
    ]
    assert Tags(as_html(document)).addresses == [url]


def test_what_is_left_out_of_a_list_is_counted() -> None:
    document = Document("a", "b", "c", sections=[Section("d", [Line("e")], left_out=7)])

    assert as_markdown(document).endswith("- e\n- … and 7 more\n")
    assert "… and 7 more" in as_html(document)
