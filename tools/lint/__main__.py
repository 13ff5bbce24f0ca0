"""`python -m tools.lint [DIRECTORY]`: print what breaks the house's rules; 1 when anything does."""

import sys
from collections.abc import Sequence
from pathlib import Path

from tools.lint.rules import check_repository


def main(arguments: Sequence[str]) -> int:
    """Check the checkout in a directory, by default the present one."""
    try:
        findings = check_repository(Path(arguments[0] if arguments else "."))
    except SyntaxError as error:
        print(f"{error.filename}:{error.lineno}: syntax {error.msg}")
        return 1
    for finding in findings:
        print(finding)
    print(f"House rules broken: {len(findings)}." if findings else "House rules: all kept.")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
