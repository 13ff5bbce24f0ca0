"""`taskly up` with stand-ins."""

import sys

from taskly.embedded.own_processes import Modules
from taskly.embedded.up import main

HERE = "tests.embedded.stand_ins"
MODULES = Modules(
    migrate=f"{HERE}.migrate",
    api=f"{HERE}.api",
    worker=f"{HERE}.worker",
    sign_in_link=f"{HERE}.link",
)

if __name__ == "__main__":
    sys.exit(main(modules=MODULES))
