"""What GitHub Apps ask for, as themselves and through their installations."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from taskly.fake_github.actions.apps import create_app
from taskly.fake_github.actions.hooks import redeliver
from taskly.fake_github.actions.installing import create_installation_token
from taskly.fake_github.rest.call import Answer, Call
from taskly.fake_github.rest.hooks import delivery_in, delivery_page
from taskly.fake_github.rest.paging import page_of
from taskly.fake_github.rest.pipeline import Operation, token_value
from taskly.fake_github.rest.statements import claims_of, is_signed_by, undecodable
from taskly.fake_github.shapes.apps import app as app_shape
from taskly.fake_github.shapes.apps import installation as installation_shape
from taskly.fake_github.shapes.repositories import listed_repository
from taskly.fake_github.shapes.writing import stamp
from taskly.fake_github.world.apps import App, Installation
from taskly.fake_github.world.refusals import Refusal, forbidden, not_found

LONGEST_STATEMENT = timedelta(minutes=10)
_LEEWAY = timedelta(seconds=60)


def own_app(call: Call) -> Answer:
    """The app that asks."""
    return Answer(app_shape(call.github, _app(call)))


def installations_of_app(call: Call) -> Answer:
    """Where the app is installed."""
    record = _app(call)
    shown, headers = page_of(call, list(record.installations.values()))
    return Answer(
        [installation_shape(call.github, record, each) for each in shown], headers=headers
    )


def one_installation(call: Call) -> Answer:
    """One of the app's installations."""
    record = _app(call)
    return Answer(installation_shape(call.github, record, _installation(call, record)))


def installation_of_repository(call: Call) -> Answer:
    """The app's installation that sees a repository, suspended or not."""
    record = _app(call)
    owner, name = call.parameters["owner"], call.parameters["repo"]
    present = call.github.find_repository(owner, name)
    repository = present or call.github.find_renamed_repository(owner, name)
    for installation in record.installations.values():
        if repository is not None and installation.covers(repository.id, repository.owner):
            if present is None:
                call.redirect_to(repository)
            return Answer(installation_shape(call.github, record, installation))
    raise not_found()


def new_installation_token(call: Call) -> Answer:
    """A token for one of the app's installations."""
    record = _app(call)
    installation = _installation(call, record)
    if installation.suspended_at is not None:
        raise forbidden("This installation has been suspended")
    token = create_installation_token(call.github, record, installation)
    return Answer(
        {
            "token": token.value,
            "expires_at": stamp(token.expires_at),
            "permissions": dict(installation.permissions),
            "repository_selection": ("all" if installation.repository_ids is None else "selected"),
        },
        status=201,
    )


def deliveries_of_app(call: Call) -> Answer:
    """What was sent to the app's webhook, newest first."""
    hook = _app(call).hook
    return delivery_page(call, [] if hook is None else call.github.deliveries.of_hook(hook.id))


def new_attempt_of_app(call: Call) -> Answer:
    """Ask for a delivery of the app's webhook once more."""
    hook = _app(call).hook
    if hook is None:
        raise not_found()
    redeliver(call.github, delivery_in(call, hook))
    return Answer({}, status=202)


def repositories_of_installation(call: Call) -> Answer:
    """What the asking installation sees."""
    token = call.token
    if token is None or token.installation_id is None:
        raise forbidden("You must authenticate with an installation access token.")
    visible = [
        repository
        for repository in call.github.repositories.values()
        if token.installation_id in call.github.installations_of(repository)
    ]
    shown, headers = page_of(call, visible)
    return Answer(
        {
            "total_count": len(visible),
            "repositories": [listed_repository(call.github, each, call.account) for each in shown],
        },
        headers=headers,
    )


def installations_of_user(call: Call) -> Answer:
    """The installations of the asking user's app that the user can see."""
    user = call.user()
    client_id = call.token.client_id if call.token is not None else None
    found = [
        (app, installation)
        for app in call.github.apps.values()
        if app.client_id == client_id
        for installation in app.installations.values()
        if installation.account is user or installation.account.kind == "Organization"
    ]
    shown, headers = page_of(call, found)
    return Answer(
        {
            "total_count": len(found),
            "installations": [installation_shape(call.github, *pair) for pair in shown],
        },
        headers=headers,
    )


def convert_manifest(call: Call) -> Answer:
    """The app that was asked for on the web page, with its secrets: once for each code."""
    manifest = call.github.manifests.pop(call.parameters["code"], None)
    if manifest is None:
        raise not_found()
    app, told = create_app(
        call.github,
        manifest.owner,
        manifest.name,
        permissions=manifest.permissions,
        events=manifest.events,
        webhook_url=manifest.webhook_url,
        webhook_secret=manifest.webhook_secret,
        callback_urls=manifest.callback_urls,
        external_url=manifest.external_url,
        setup_url=manifest.setup_url,
        description=manifest.description,
    )
    return Answer(
        {
            **app_shape(call.github, app),
            "client_id": app.client_id,
            "client_secret": told.client_secret,
            "webhook_secret": told.webhook_secret,
            "pem": told.private_key,
        },
        status=201,
    )


def _installation(call: Call, record: App) -> Installation:
    installation = record.installations.get(call.number("installation_id"))
    if installation is None:
        raise not_found()
    return installation


def _app(call: Call) -> App:
    """The app whose signed statement came with the request, else 401."""
    statement = token_value(call.headers.get("authorization")) or ""
    claims = claims_of(statement)
    issuer = str(claims.get("iss"))
    for app in call.github.apps.values():
        if issuer in {str(app.id), app.client_id}:
            _check_statement(call, app, statement, claims)
            return app
    raise Refusal(401, "'Issuer' claim ('iss') must be an Integer")


def _check_statement(call: Call, app: App, statement: str, claims: Mapping[str, Any]) -> None:
    if app.public_key is None or not is_signed_by(statement, app.public_key):
        raise undecodable()
    expires_at, issued_at = claims.get("exp"), claims.get("iat")
    if not isinstance(expires_at, int | float) or not isinstance(issued_at, int | float):
        raise undecodable()
    now = call.github.now()
    if expires_at <= now.timestamp():
        raise Refusal(
            401, "'Expiration time' claim ('exp') must be a numeric value representing the future"
        )
    if expires_at > (now + LONGEST_STATEMENT + _LEEWAY).timestamp():
        raise Refusal(401, "'Expiration time' claim ('exp') is too far in the future")
    if issued_at > (now + _LEEWAY).timestamp():
        raise Refusal(
            401, "'Issued at' claim ('iat') must be an Integer representing a time in the past"
        )


OPERATIONS = (
    Operation("GET", "/app", own_app),
    Operation("GET", "/app/hook/deliveries", deliveries_of_app),
    Operation("POST", "/app/hook/deliveries/{delivery_id}/attempts", new_attempt_of_app),
    Operation("GET", "/app/installations", installations_of_app),
    Operation("GET", "/app/installations/{installation_id}", one_installation),
    Operation("GET", "/repos/{owner}/{repo}/installation", installation_of_repository),
    Operation("POST", "/app/installations/{installation_id}/access_tokens", new_installation_token),
    Operation("POST", "/app-manifests/{code}/conversions", convert_manifest),
    Operation("GET", "/installation/repositories", repositories_of_installation),
    Operation("GET", "/user/installations", installations_of_user),
)
