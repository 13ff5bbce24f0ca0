"""What was told and what was asked: the logs of deliveries and of requests."""

import json
from collections.abc import Mapping

from taskly.fake_github.pages.markup import Html, button_form, element
from taskly.fake_github.world.github import GitHub
from taskly.fake_github.world.hooks import Delivery
from taskly.fake_github.world.requests import RequestRecord

_SHOWN = 40


def deliveries(github: GitHub) -> Html:
    """The webhooks, and what they were told, newest first."""
    hooks = [element("p", element("code", hook.url)) for hook in github.hooks()]
    newest = github.deliveries.all()[: -_SHOWN - 1 : -1]
    return element(
        "section",
        element("h2", "Deliveries"),
        hooks or element("p", "No webhook yet.", class_="quiet"),
        element("div", [_delivery_row(each) for each in newest], class_="log"),
        class_="card",
    )


def requests(github: GitHub) -> Html:
    """What was asked of the API and to sign in, newest first."""
    newest = github.requests.all()[: -_SHOWN - 1 : -1]
    return element(
        "section",
        element("h2", "Requests"),
        None if newest else element("p", "Nobody has asked anything yet.", class_="quiet"),
        element("div", [_request_row(each) for each in newest], class_="log"),
        class_="card",
    )


def delivery_card(delivery: Delivery) -> Html:
    """One delivery, with all that was sent and what came back."""
    return element(
        "section",
        element("h1", _name(delivery)),
        element("p", _outcome(delivery), element("span", f" · {delivery.envelope.guid}")),
        _redeliver(delivery),
        element("h3", "Request"),
        _headers({"POST": delivery.request_url, **delivery.request_headers}),
        element("pre", json.dumps(json.loads(delivery.envelope.payload), indent=2), class_="log"),
        element("h3", "Response"),
        _headers(delivery.response_headers),
        element("pre", delivery.response_body or "Nothing.", class_="log"),
        class_="card",
    )


def _delivery_row(delivery: Delivery) -> Html:
    return element(
        "div",
        element(
            "div",
            element("a", _name(delivery), href=f"/page/deliveries/{delivery.id}"),
            element("br"),
            _outcome(delivery),
            class_="grow",
        ),
        _redeliver(delivery),
        class_="row",
    )


def _request_row(record: RequestRecord) -> Html:
    status = "cut off" if record.status is None else str(record.status)
    is_good = record.status is not None and record.status < 400
    milliseconds = (record.answered - record.arrived) * 1000
    return element(
        "div",
        element(
            "div",
            element("b", record.method),
            " ",
            element("code", record.path),
            element("br"),
            element("span", status, class_="good" if is_good else "bad"),
            element(
                "span",
                f" {record.at:%H:%M:%S} · {milliseconds:.0f} ms · {record.login or 'nobody'}",
                class_="quiet",
            ),
            class_="grow",
        ),
        class_="row",
    )


def _name(delivery: Delivery) -> str:
    envelope = delivery.envelope
    return envelope.event if envelope.action is None else f"{envelope.event} {envelope.action}"


def _outcome(delivery: Delivery) -> Html:
    again = " again" if delivery.envelope.redelivery else ""
    return element(
        "span",
        element(
            "span", f"{delivery.status}{again}", class_="good" if delivery.succeeded else "bad"
        ),
        element(
            "span",
            f" {delivery.delivered_at:%H:%M:%S} · {delivery.duration * 1000:.0f} ms",
            class_="quiet",
        ),
    )


def _redeliver(delivery: Delivery) -> Html:
    return button_form(f"/page/deliveries/{delivery.id}/redeliver", "redeliver")


def _headers(headers: Mapping[str, str]) -> Html:
    lines = "\n".join(f"{name}: {value}" for name, value in headers.items())
    return element("pre", lines or "Nothing.")
