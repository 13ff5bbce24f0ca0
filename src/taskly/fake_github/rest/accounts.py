"""Users: the one who asks, and others."""

from taskly.fake_github.actions.accounts import set_primary_email
from taskly.fake_github.rest.call import Answer, Call
from taskly.fake_github.rest.paging import page_of
from taskly.fake_github.rest.pipeline import Operation
from taskly.fake_github.shapes.accounts import email_address, private_user, public_user
from taskly.fake_github.world.accounts import EmailAddress
from taskly.fake_github.world.refusals import invalid, not_found, unprocessable

_TEXTS = ("name", "bio", "company", "location", "blog", "twitter_username")


def own_profile(call: Call) -> Answer:
    """The asker's profile, whole with the scope `read:user`."""
    user = call.user()
    if call.token is not None and call.token.allows("read:user"):
        return Answer(private_user(call.github, user))
    return Answer(public_user(call.github, user))


def edit_own_profile(call: Call) -> Answer:
    """Change what is given."""
    call.require_scope("user")
    user = call.user()
    for name in _TEXTS:
        text = call.optional(name, str)
        if text is not None:
            setattr(user, name, text)
    hireable = call.optional("hireable", bool)
    user.hireable = user.hireable if hireable is None else hireable
    user.updated_at = call.github.clock.time_of_change()
    return Answer(private_user(call.github, user))


def own_emails(call: Call) -> Answer:
    """The asker's addresses; hidden without the scope `user:email`."""
    call.require_scope("user:email")
    emails, headers = page_of(call, call.user().emails)
    return Answer([email_address(email) for email in emails], headers=headers)


def add_emails(call: Call) -> Answer:
    """Addresses that nobody has verified yet."""
    call.require_scope("user")
    user = call.user()
    added = _addresses(call)
    for address in added:
        if call.github.find_account_by_email(address) is not None:
            raise invalid("UserEmail", "email", "already_exists")
    for address in added:
        set_primary_email(
            call.github, user, EmailAddress(address, verified=False, primary=False, visibility=None)
        )
    emails = [email for email in user.emails if email.email in added]
    return Answer([email_address(email) for email in emails], status=201)


def delete_emails(call: Call) -> Answer:
    """Take addresses away, the primary one excepted."""
    call.require_scope("user")
    user = call.user()
    unwanted = _addresses(call)
    known = {email.email for email in user.emails if not email.primary}
    if not unwanted or not set(unwanted) <= known:
        raise not_found()
    user.emails = [email for email in user.emails if email.email not in unwanted]
    return Answer(status=204)


def profile(call: Call) -> Answer:
    """Anybody's profile."""
    account = call.github.find_account(call.parameters["username"])
    if account is None:
        raise not_found()
    return Answer(public_user(call.github, account))


def _addresses(call: Call) -> list[str]:
    """GitHub takes `{"emails": […]}`, a bare list or a bare text."""
    body = call.parsed()
    if isinstance(body, dict):
        body = body.get("emails")
    addresses = [body] if isinstance(body, str) else body
    if not isinstance(addresses, list) or not all(
        isinstance(each, str) and "@" in each for each in addresses
    ):
        raise unprocessable("Invalid request.\n\nNo e-mail addresses were supplied.")
    return addresses


OPERATIONS = (
    Operation("GET", "/user", own_profile),
    Operation("PATCH", "/user", edit_own_profile),
    Operation("GET", "/user/emails", own_emails),
    Operation("POST", "/user/emails", add_emails),
    Operation("DELETE", "/user/emails", delete_emails),
    Operation("GET", "/users/{username}", profile),
)
