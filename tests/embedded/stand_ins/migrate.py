"""Migrations that say where they would work."""

import os
import sys

sys.stdout.write(f"migrating {os.environ['DATABASE_URL']}\n")
sys.exit(os.environ.get("STAND_IN_MIGRATIONS") == "fail")
