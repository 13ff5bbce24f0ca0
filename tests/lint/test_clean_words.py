"""Files name no registry and no machine. Bad words are put together here, so that this file is clean."""

import pytest

from tests.lint.samples import text
from tools.lint import clean_words

HOST = "py" + "pi.org"
MIRROR = "https://mirror.example/api/" + "simple"
HOME = "/" + "home/omar/taskly/"


@pytest.mark.parametrize(
    "line",
    [
        f"see https://{HOST}/project/uv",
        "https://files.python" + "hosted.org/packages/uv.whl",
        '"tarball": "https://registry.npm' + 'js.org/react.tgz"',
        '"resolved"' + ': "https://mirror.example/react.tgz"',
        f"url = {MIRROR}/",
        "--index" + "-url https://mirror.example/",
        "    --extra-index" + "-url=https://mirror.example/",
        "-i" + " https://mirror.example/",
        f"cd {HOME}",
        'Path("/' + 'root/.cache")',
        "volume: ./data:/" + "work/data",
    ],
)
def test_a_registry_an_index_or_a_machine_path_is_found(line: str) -> None:
    found = list(clean_words.check([text("docs/guides/install.md", f"# Install\n\n{line}\n")]))
    assert {(str(finding.path), finding.line) for finding in found} == {
        ("docs/guides/install.md", 3)
    }


@pytest.mark.parametrize(
    "line",
    [
        "https://api.github.com/repos/omar/taskly",
        "https://taskly.example/home/boards/",
        "src/taskly/platform/jobs/work.py and web/work/board.ts",
        "grep -i words and a --index of its own",
        "a simple https://example.com/page",
        "WORKDIR /app",
    ],
)
def test_other_addresses_and_relative_paths_are_fine(line: str) -> None:
    assert list(clean_words.check([text("README.md", f"{line}\n")])) == []
