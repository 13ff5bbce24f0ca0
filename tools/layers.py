"""`python -m tools.layers`: check the imports against `.importlinter`.

import-linter's own command is a script, and a script does not start from a folder with a long name.
"""

import sys

from importlinter.cli import lint_imports

if __name__ == "__main__":
    sys.exit(lint_imports(no_logo=True))
