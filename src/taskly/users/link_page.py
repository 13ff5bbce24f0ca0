"""The one page that this domain shows: a button that uses a one-time link.

Opening the link must not use it up: mail programs, chats and browsers fetch addresses in advance. So the
link shows a button, and the button posts.
"""

from string import Template
from urllib.parse import quote

from starlette.responses import HTMLResponse

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    # The form's Origin is checked, and with `no-referrer` browsers would send none.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}

_PAGE = Template(
    """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Sign in to Taskly</title>
<main>
<h1>Sign in to Taskly</h1>
$content
</main>
</html>
"""
)
_BUTTON = Template(
    """<form method="post" action="?token=$token"><button autofocus>Sign in</button></form>"""
)
_OVER = """<p>This link was used or is too old. Make a new one:</p>
<pre>python -m taskly.users.sign_in_link</pre>"""


def link_page(secret: str, *, usable: bool) -> HTMLResponse:
    """The page of a one-time link: a button while the link is good, else what to do."""
    content = _BUTTON.substitute(token=quote(secret, safe="")) if usable else _OVER
    return HTMLResponse(
        _PAGE.substitute(content=content), status_code=200 if usable else 400, headers=HEADERS
    )
