"""Webhooks of repositories and their deliveries."""

from collections.abc import Sequence
from typing import cast

from taskly.fake_github.actions.hooks import (
    check_events,
    check_reach,
    check_url,
    create_hook,
    ping,
    redeliver,
)
from taskly.fake_github.rest.call import Answer, Call
from taskly.fake_github.rest.paging import link_header, page_of, per_page_of
from taskly.fake_github.rest.pipeline import Operation
from taskly.fake_github.shapes.hooks import delivery_in_full, hook, listed_delivery
from taskly.fake_github.world.hooks import ContentType, Delivery, Hook
from taskly.fake_github.world.refusals import Refusal, invalid, not_found, unprocessable
from taskly.fake_github.world.repositories import Repository

_CURSOR = "v1_"
_FORMATS = ("json", "form")


def hooks(call: Call) -> Answer:
    """All webhooks of the repository."""
    repository = _repository(call, "read:repo_hook")
    shown, headers = page_of(call, list(repository.hooks.values()))
    return Answer([hook(call.addresses, repository, each) for each in shown], headers=headers)


def new_hook(call: Call) -> Answer:
    """Ask to be told of events."""
    repository = _repository(call, "write:repo_hook")
    if call.one_of("name", ("web",)) is None and "name" in call.body():
        raise invalid("Hook", "name")
    url = call.optional("url", str, within="config")
    if url is None:
        raise invalid("Hook", "url", "missing_field", "url cannot be blank")
    active = call.optional("active", bool)
    events = call.texts("events")
    record = create_hook(
        call.github,
        repository,
        call.user(),
        url=url,
        events=["push"] if events is None else events,
        secret=call.optional("secret", str, within="config"),
        content_type=_content_type(call) or "form",
        insecure_ssl=_insecure_ssl(call) or "0",
        active=active is None or active,
    )
    shape = hook(call.addresses, repository, record)
    return Answer(shape, status=201, headers={"Location": shape["url"]})


def one_hook(call: Call) -> Answer:
    """One webhook."""
    repository = _repository(call, "read:repo_hook")
    return Answer(hook(call.addresses, repository, _hook(call, repository)))


def change_hook(call: Call) -> Answer:
    """Other events, another address, another secret, on or off.

    A `config` replaces the whole of it: without a secret in it there is none afterwards.
    """
    repository = _repository(call, "write:repo_hook")
    record = _hook(call, repository)
    events = call.texts("events") or list(record.events)
    events += call.texts("add_events") or []
    removed = call.texts("remove_events") or []
    events = sorted(set(events) - set(removed))
    check_events(events)
    if call.object("config"):
        url = call.optional("url", str, within="config")
        if url is None:
            raise invalid("Hook", "url", "missing_field", "url cannot be blank")
        check_url(url)
        check_reach(call.github, url)
        record.url = url
        record.secret = call.optional("secret", str, within="config")
        record.content_type = _content_type(call) or "form"
        record.insecure_ssl = _insecure_ssl(call) or "0"
    active = call.optional("active", bool)
    record.active = record.active if active is None else active
    record.events = events
    record.updated_at = call.github.clock.time_of_change()
    return Answer(hook(call.addresses, repository, record))


def remove_hook(call: Call) -> Answer:
    """Be told nothing any more."""
    repository = _repository(call, "admin:repo_hook")
    del repository.hooks[_hook(call, repository).id]
    return Answer(status=204)


def ping_hook(call: Call) -> Answer:
    """Ask for a greeting."""
    repository = _repository(call, "read:repo_hook")
    ping(call.github, repository, _hook(call, repository), call.user())
    return Answer(status=204)


def deliveries(call: Call) -> Answer:
    """What was sent, newest first, by pages with a cursor."""
    repository = _repository(call, "read:repo_hook")
    return delivery_page(call, call.github.deliveries.of_hook(_hook(call, repository).id))


def delivery_page(call: Call, found: Sequence[Delivery]) -> Answer:
    """A page of a list of deliveries that is newest first."""
    outcome = call.query.get("status")
    if outcome not in {None, "success", "failure"}:
        raise unprocessable("Invalid status")
    found = [
        each for each in found if outcome in {None, "success" if each.succeeded else "failure"}
    ]
    cursor = call.query.get("cursor")
    if cursor is not None:
        number = cursor.removeprefix(_CURSOR)
        if not number.isascii() or not number.isdigit():
            raise Refusal(400, "Invalid cursor")
        found = [each for each in found if each.id <= int(number)]
    per_page = per_page_of(call)
    shown, rest = found[:per_page], found[per_page:]
    links = {"next": {"cursor": f"{_CURSOR}{rest[0].id}"}} if rest else {}
    return Answer([listed_delivery(each) for each in shown], headers=link_header(call, links))


def one_delivery(call: Call) -> Answer:
    """What was sent and what came back."""
    repository = _repository(call, "read:repo_hook")
    return Answer(delivery_in_full(delivery_in(call, _hook(call, repository))))


def new_attempt(call: Call) -> Answer:
    """Ask for the same delivery once more."""
    repository = _repository(call, "write:repo_hook")
    redeliver(call.github, delivery_in(call, _hook(call, repository)))
    return Answer({}, status=202)


def delivery_in(call: Call, record: Hook) -> Delivery:
    """The delivery of the path, when it is one of this webhook, else 404."""
    delivery_id = call.number("delivery_id")
    for delivery in call.github.deliveries.of_hook(record.id):
        if delivery.id == delivery_id:
            return delivery
    raise not_found()


def _repository(call: Call, scope: str) -> Repository:
    """The repository for its admins; nobody else learns that there are webhooks."""
    call.require_scope("repo", scope)
    repository = call.repository()
    if not call.may(repository, "admin"):
        raise not_found()
    return repository


def _hook(call: Call, repository: Repository) -> Hook:
    record = repository.hooks.get(call.number("hook_id"))
    if record is None:
        raise not_found()
    return record


def _content_type(call: Call) -> ContentType | None:
    text = call.optional("content_type", str, within="config")
    if text is not None and text not in _FORMATS:
        raise invalid("Hook", "content_type")
    return cast("ContentType | None", text)


def _insecure_ssl(call: Call) -> str | None:
    value = call.object("config").get("insecure_ssl")
    return None if value is None else str(value)


_HOOKS = "/repos/{owner}/{repo}/hooks"
_HOOK = _HOOKS + "/{hook_id}"

OPERATIONS = (
    Operation("GET", _HOOKS, hooks),
    Operation("POST", _HOOKS, new_hook),
    Operation("GET", _HOOK, one_hook),
    Operation("PATCH", _HOOK, change_hook),
    Operation("DELETE", _HOOK, remove_hook),
    Operation("POST", _HOOK + "/pings", ping_hook),
    Operation("GET", _HOOK + "/deliveries", deliveries),
    Operation("GET", _HOOK + "/deliveries/{delivery_id}", one_delivery),
    Operation("POST", _HOOK + "/deliveries/{delivery_id}/attempts", new_attempt),
)
