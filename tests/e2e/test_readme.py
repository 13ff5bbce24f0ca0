"""The commands of the README and of the API's guide, pasted into a shell beside a `taskly up`."""

import json
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.running import processes_of
from tests.embedded.running import clean_environment
from tests.embedded.watching import eventually, kill_all

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("everything"),
    pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc"),
    pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl, as its readers do"),
]

REPOSITORY = Path(__file__).parents[2]
LONGEST_SECONDS = 120


def commands(text: str) -> str:
    """The lines of a document to paste."""
    return "".join(re.findall(r"^```sh\n(.*?)^```$", text, re.DOTALL | re.MULTILINE))


PLANNING = "\n## Plan a sprint from the command line\n"
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def planning() -> str:
    """The chapter of the API's guide that plans a sprint."""
    text = (REPOSITORY / "docs/guides/api.md").read_text(encoding="utf-8")
    return text.partition(PLANNING)[2].partition("\n## ")[0]


def walk_through() -> str:
    """The lines of the README's walk-through."""
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    return commands(text.partition("\n## Walk-through\n")[2].partition("\n## ")[0])


def guide(name: str = "api") -> str:
    """The lines of a guide, without those that plan a sprint; that of the API goes on from the walk-through."""
    text = (REPOSITORY / f"docs/guides/{name}.md").read_text(encoding="utf-8")
    return commands(text.replace(planning(), ""))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder as the README's reader has it: `.venv` in it, and `taskly up` running there."""
    home = tmp_path_factory.mktemp("reader") / "a clone"
    home.mkdir(mode=0o700)
    (home / ".venv").symlink_to(sys.prefix)
    log = home / "up.log"
    with log.open("wb") as printed:
        up = subprocess.Popen(
            [sys.executable, "-P", "-m", "taskly", "up", "--port", "0"],
            cwd=home,
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
        )
    try:
        eventually(lambda: "Taskly is ready at" in log.read_text() or up.poll() is not None, "up")
        assert up.poll() is None, log.read_text()
        yield home
        up.send_signal(signal.SIGTERM)
        assert up.wait(LONGEST_SECONDS) == 0, log.read_text()
    finally:
        kill_all(processes_of(home))
        up.wait(LONGEST_SECONDS)


def pasted(folder: Path, lines: str) -> str:
    """What a shell prints that stops at the first command that fails. No file may be left among the reader's."""
    before = {folder / "config", *folder.iterdir()}
    shell = subprocess.run(
        ["sh", "-eu"],
        cwd=folder,
        env=clean_environment(XDG_CONFIG_HOME=str(folder / "config")),
        input=lines,
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
        check=False,
    )
    assert shell.returncode == 0, shell.stderr
    assert before.issuperset(folder.iterdir())
    return shell.stdout


def test_the_walk_through_works_as_it_is_pasted(folder: Path) -> None:
    printed = list(documents(pasted(folder, walk_through())))
    heard = {each["kind"]: each for each in printed if "kind" in each}
    hello, event = heard["hello"], heard["event"]
    me, board, moved, timeline, refused = (each for each in printed if "kind" not in each)

    assert me["login"] == "owner"
    assert [column["name"] for column in board["columns"]] == [
        "To Do",
        "In Progress",
        "In Review",
        "Done",
    ]
    assert [card["title"] for card in board["cards"]] == ["Refund a payment twice", "Show receipts"]
    assert moved["column_id"] == board["columns"][-1]["id"]
    assert (moved["key"], moved["version"]) == ("PAY-2", board["version"] + 1)
    assert event["type"] == "card.moved"
    assert event["version"] == moved["version"]
    assert event["data"]["after"]["column_id"] == moved["column_id"]
    assert hello["version"] in {board["version"], moved["version"]}
    assert [item["type"] for item in timeline["items"]] == ["card.moved", "card.created"]
    assert (refused["status"], refused["code"]) == (422, "invalid")


def test_the_guide_goes_on_from_the_walk_through(folder: Path) -> None:
    lines = pasted_after(folder, walk_through(), guide()).splitlines()
    cards = [line for line in lines if re.match(r"[A-Z]+-\d+\b", line)]
    printed = list(documents("\n".join(line for line in lines if line not in cards)))

    assert cards == [
        "REL-2, Backlog, Write the notes",
        "REL-3, Backlog, Tell everybody",
        "REL-1, Staging, Freeze the schema",
        "PAY-5",
    ]
    assert 304 in printed
    answers = [each for each in printed if isinstance(each, dict)]
    assert [each["code"] for each in answers if "code" in each] == ["invalid", "version_mismatch"]
    assert [each["scopes"] for each in answers if "login" in each] == [["read", "write"]]
    assert [each["key"] for each in answers if "key" in each] == ["PAY-1", "PAY-3", "PAY-3"]
    heard = [each["version"] for each in answers if each.get("kind") == "event"]
    [polled] = [each for each in answers if "events" in each]
    assert heard == list(range(1, polled["version"] + 1))
    assert [each["version"] for each in polled["events"]] == heard


def test_a_sprint_is_planned_as_the_guide_says_with_the_answers_that_it_shows(folder: Path) -> None:
    printed = [
        line.rstrip()
        for line in pasted_after(folder, walk_through(), commands(planning())).splitlines()
    ]
    answers = [text for kind, text in BLOCK.findall(planning()) if not kind]
    shown = "".join(answers).splitlines()
    assert len(shown) > 20
    for line in shown:  # In their order, whatever else is printed between them.
        assert line in printed
        del printed[: printed.index(line) + 1]


def test_boards_are_brought_along_as_the_guide_says(folder: Path) -> None:
    printed = pasted_after(folder, walk_through(), guide("importing"))
    shown, _, state = printed.strip().rpartition("\n")
    preview, renamed = documents(shown)
    assert preview["counts"] | {"columns": 2, "cards": 2, "labels": 2} == preview["counts"]
    assert [note["about"] for note in preview["notes"]] == ["Budget"]
    assert (renamed["board_name"], renamed["people"]) == ("From elsewhere", {"mona": None})
    assert state == "started"


def test_the_command_line_does_what_its_guide_says(folder: Path) -> None:
    printed = pasted(folder, guide("command-line")).splitlines()
    assert printed[0].startswith("Signed in to http://127.0.0.1:")
    assert printed[0].endswith(" as owner.")
    assert "TRA-1 is in Fixing." in printed
    assert printed[-1] == "1"


def pasted_after(folder: Path, before: str, lines: str) -> str:
    """What a shell prints for lines that go on from others."""
    return pasted(folder, f"{before}\necho; echo GOING ON\n{lines}").partition("\nGOING ON\n")[2]


def documents(text: str) -> Iterator[Any]:
    """The JSON documents that were printed one after the other."""
    decoder = json.JSONDecoder()
    while text := text.lstrip():
        try:
            document, end = decoder.raw_decode(text)
        except json.JSONDecodeError as error:
            raise AssertionError(f"no JSON: {text[:200]}") from error
        yield document
        text = text[end:]
