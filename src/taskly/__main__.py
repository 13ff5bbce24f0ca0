"""`python -m taskly` is `taskly`."""

from taskly.cli import main

main()
