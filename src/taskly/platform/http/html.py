"""The few pages that Taskly writes itself, before and beside the web board."""

from html import escape
from string import Template

from starlette.responses import HTMLResponse

ASSETS_PATH = "/assets"
STYLE_SHEET = f"{ASSETS_PATH}/taskly.css"

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    # The Origin of forms is checked, and with `no-referrer` browsers would send none.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}

_PAGE = Template(
    """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>$title</title>
<link rel="stylesheet" href="$style_sheet">
<main>
$content
</main>
</html>
"""
)


def page(title: str, content: str, *, status: int = 200) -> HTMLResponse:
    """A page without scripts. `title` is text, `content` is markup: escape what people wrote."""
    text = _PAGE.substitute(title=escape(title), content=content, style_sheet=STYLE_SHEET)
    return HTMLResponse(text, status_code=status, headers=_HEADERS)
