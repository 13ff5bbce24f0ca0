"""What a browser is shown on the way to a GitHub App."""

from html import escape
from string import Template

from starlette.responses import HTMLResponse

from taskly.github.app_setup.making import Departure, MadeApp
from taskly.kit.json import dumps
from taskly.kit.origins import split_origin
from taskly.platform.http.html import page

_SETUP = Template(
    """<h1>Make a GitHub App for Taskly</h1>
<p>GitHub shows the app's name and makes it when you press its button. It comes back here with the app's keys,
which Taskly keeps encrypted. The app may read checks and statuses, write branches and pull requests, and read
the e-mail addresses of people who sign in with it.</p>
<p>Nobody signs in with it unless <code>GITHUB_SIGN_IN=true</code> is set: then everybody who has an account at GitHub can.</p>
<form method="post" action="$action"><input type="hidden" name="manifest" value="$manifest">
<button autofocus>Make it at GitHub$owner</button></form>
<form method="get"><input type="hidden" name="token" value="$token">
<p><label>Or for an organisation: <input name="organization" required maxlength="100"></label>
<button>Choose</button></p></form>"""
)
_MADE = Template(
    """<h1>$name is there</h1>
<p>Choose the repositories that it may see.</p>
<p><a class="button" href="$url">Install it at GitHub</a></p>"""
)
_INSTALLED = """<h1>The GitHub App is installed</h1>
<p>Connect its repositories in a workspace now. Those that are connected already follow by themselves.</p>
<p><a href="/">Back to Taskly</a></p>"""


def setup_page(departure: Departure, token: str, organization: str | None) -> HTMLResponse:
    """The page whose button leads to GitHub."""
    shown = page(
        "Make a GitHub App",
        _SETUP.substitute(
            action=escape(departure.action),
            manifest=escape(dumps(departure.manifest).decode()),
            owner="" if organization is None else f" for {escape(organization)}",
            token=escape(token),
        ),
    )
    target = split_origin(departure.action)[0]
    shown.headers["Content-Security-Policy"] = shown.headers["Content-Security-Policy"].replace(
        "form-action 'self'", f"form-action 'self' {target}"
    )
    return shown


def made_page(made: MadeApp) -> HTMLResponse:
    """The page of a new app."""
    content = _MADE.substitute(name=escape(made.name), url=escape(made.install_url))
    return page("GitHub App", content)


def installed_page() -> HTMLResponse:
    """The page for who has installed the app."""
    return page("GitHub App", _INSTALLED)
