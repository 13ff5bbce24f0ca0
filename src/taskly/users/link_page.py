"""The one page that this domain shows: a button that uses a one-time link.

Opening the link must not use it up: mail programs, chats and browsers fetch addresses in advance. So the
link shows a button, and the button posts.
"""

from string import Template
from urllib.parse import quote

from starlette.responses import HTMLResponse

from taskly.platform.http.html import page

_BUTTON = Template(
    """<h1>Sign in to Taskly</h1>
<p>This link works once.</p>
<form method="post" action="?token=$token"><button autofocus>Sign in</button></form>"""
)
_OVER = """<h1>This link is over</h1>
<p>It was used, or is older than ten minutes. Make a new one where Taskly runs:</p>
<pre>taskly sign-in-link</pre>"""


def link_page(secret: str, *, usable: bool) -> HTMLResponse:
    """The page of a one-time link: a button while the link is good, else what to do."""
    content = _BUTTON.substitute(token=quote(secret, safe="")) if usable else _OVER
    return page("Sign in to Taskly", content, status=200 if usable else 400)
