"""A sign-in link."""

import os
import sys

sys.stdout.write(f"{os.environ['TASKLY_PUBLIC_URL']}/sign-in/once\n")
