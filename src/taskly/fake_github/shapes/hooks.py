"""Webhooks and their deliveries."""

import json

from taskly.fake_github.shapes.writing import JsonObject, stamp
from taskly.fake_github.world.addresses import Addresses
from taskly.fake_github.world.hooks import Delivery, Hook
from taskly.fake_github.world.repositories import Repository

HIDDEN = "********"


def hook(addresses: Addresses, repository: Repository, record: Hook) -> JsonObject:
    """A repository's webhook; its secret is never shown."""
    url = f"{addresses.repository(repository.full_name)}/hooks/{record.id}"
    return {
        "type": "Repository",
        "id": record.id,
        "name": "web",
        "active": record.active,
        "events": list(record.events),
        "config": config(record),
        "updated_at": stamp(record.updated_at),
        "created_at": stamp(record.created_at),
        "url": url,
        "test_url": f"{url}/test",
        "ping_url": f"{url}/pings",
        "deliveries_url": f"{url}/deliveries",
        "last_response": {
            "code": record.last_response.code,
            "status": record.last_response.status,
            "message": record.last_response.message,
        },
    }


def config(record: Hook) -> JsonObject:
    """Where and how a webhook is delivered."""
    shape: JsonObject = {"content_type": record.content_type, "insecure_ssl": record.insecure_ssl}
    if record.secret is not None:
        shape["secret"] = HIDDEN
    return {**shape, "url": record.url}


def listed_delivery(delivery: Delivery) -> JsonObject:
    """A delivery in a list."""
    envelope = delivery.envelope
    return {
        "id": delivery.id,
        "guid": envelope.guid,
        "delivered_at": stamp(delivery.delivered_at),
        "redelivery": envelope.redelivery,
        "duration": round(delivery.duration, 2),
        "status": delivery.status,
        "status_code": delivery.status_code,
        "event": envelope.event,
        "action": envelope.action,
        "installation_id": envelope.installation_id,
        "repository_id": envelope.repository_id,
        "throttled_at": None,
    }


def delivery_in_full(delivery: Delivery) -> JsonObject:
    """A delivery with what was sent and what came back."""
    return {
        **listed_delivery(delivery),
        "url": delivery.request_url,
        "request": {
            "headers": dict(delivery.request_headers),
            "payload": json.loads(delivery.envelope.payload),
        },
        "response": {
            "headers": dict(delivery.response_headers),
            "payload": delivery.response_body,
        },
    }
