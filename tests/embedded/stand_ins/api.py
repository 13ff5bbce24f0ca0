"""An api that is ready, and answers every other question with its environment."""

import json
import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer


class Answer(BaseHTTPRequestHandler):
    """Answers."""

    def do_GET(self) -> None:
        """Answer anything."""
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(dict(os.environ)).encode())

    def log_message(self, *_words: object) -> None:
        """Be quiet."""


if os.environ.get("STAND_IN_API") == "fail":
    sys.exit(3)
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
HTTPServer((os.environ["TASKLY_HOST"], int(os.environ["TASKLY_PORT"])), Answer).serve_forever()
