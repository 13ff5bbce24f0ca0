"""`python -m taskly.fake_github`."""

import sys

from taskly.fake_github.server import main

sys.exit(main())
