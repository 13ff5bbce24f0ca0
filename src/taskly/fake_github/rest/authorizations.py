"""What an OAuth application may ask about tokens that it was given."""

import base64
import binascii

from taskly.fake_github.actions.accounts import create_token, revoke_grant
from taskly.fake_github.rest.call import Answer, Call
from taskly.fake_github.rest.pipeline import Operation
from taskly.fake_github.shapes.accounts import authorization
from taskly.fake_github.world.accounts import Token
from taskly.fake_github.world.refusals import Refusal, not_found, requires_authentication
from taskly.fake_github.world.sign_in import OAuthApplication


def check_token(call: Call) -> Answer:
    """Whether the token is good, and whose it is."""
    application = _application(call)
    token = _token(call, application)
    return Answer(authorization(call.github, token, application.name))


def replace_token(call: Call) -> Answer:
    """Another token for the same user; the first one ends."""
    application = _application(call)
    token = _token(call, application)
    del call.github.tokens[token.value]
    fresh = create_token(
        call.github,
        token.account,
        token.scopes,
        client_id=application.client_id,
        expires=token.expires_at is not None,
    )
    return Answer(authorization(call.github, fresh, application.name))


def end_token(call: Call) -> Answer:
    """The token ends."""
    token = _token(call, _application(call))
    del call.github.tokens[token.value]
    return Answer(status=204)


def end_grant(call: Call) -> Answer:
    """Everything that the user ever gave to the application ends."""
    application = _application(call)
    token = _token(call, application)
    revoke_grant(call.github, token.account, application.client_id)
    return Answer(status=204)


def _application(call: Call) -> OAuthApplication:
    """The application of the path, when its secret came with the request."""
    scheme, _, credentials = call.headers.get("authorization", "").partition(" ")
    try:
        decoded = base64.b64decode(credentials, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise requires_authentication() from None
    client_id, _, secret = decoded.partition(":")
    application = call.github.sign_in.applications.get(call.parameters["client_id"])
    if scheme.lower() != "basic" or not decoded:
        raise requires_authentication()
    if application is None or client_id != application.client_id:
        raise not_found()
    if not application.has_secret(secret):
        raise requires_authentication()
    return application


def _token(call: Call, application: OAuthApplication) -> Token:
    value = call.optional("access_token", str)
    if value is None:
        raise Refusal(
            422,
            "Validation Failed",
            errors=[{"resource": "OauthAccess", "code": "missing_field", "field": "access_token"}],
        )
    token = call.github.find_token(value)
    if token is None or token.client_id != application.client_id:
        raise not_found()
    return token


OPERATIONS = (
    Operation("POST", "/applications/{client_id}/token", check_token),
    Operation("PATCH", "/applications/{client_id}/token", replace_token),
    Operation("DELETE", "/applications/{client_id}/token", end_token),
    Operation("DELETE", "/applications/{client_id}/grant", end_grant),
)
