"""GitHub Apps and their installations."""

from taskly.fake_github.shapes.accounts import simple_user
from taskly.fake_github.shapes.writing import JsonObject, node_id, stamp
from taskly.fake_github.world.apps import App, Installation
from taskly.fake_github.world.github import GitHub


def app(github: GitHub, record: App) -> JsonObject:
    """An app."""
    return {
        "id": record.id,
        "client_id": record.client_id,
        "slug": record.slug,
        "node_id": node_id("App", record.id),
        "owner": simple_user(github.addresses, record.owner),
        "name": record.name,
        "description": record.description,
        "external_url": record.external_url,
        "html_url": f"{github.addresses.web}/apps/{record.slug}",
        "created_at": stamp(record.created_at),
        "updated_at": stamp(record.updated_at),
        "permissions": dict(record.permissions),
        "events": list(record.events),
        "installations_count": len(record.installations),
    }


def installation(github: GitHub, record: App, installed: Installation) -> JsonObject:
    """An app on an account."""
    api = github.addresses.api
    account = simple_user(github.addresses, installed.account)
    return {
        "id": installed.id,
        "account": account,
        "repository_selection": "all" if installed.repository_ids is None else "selected",
        "access_tokens_url": f"{api}/app/installations/{installed.id}/access_tokens",
        "repositories_url": f"{api}/installation/repositories",
        "html_url": f"{github.addresses.web}/settings/installations/{installed.id}",
        "app_id": record.id,
        "client_id": record.client_id,
        "app_slug": record.slug,
        "target_id": installed.account.id,
        "target_type": installed.account.kind,
        "permissions": dict(installed.permissions),
        "events": list(record.events),
        "created_at": stamp(installed.created_at),
        "updated_at": stamp(installed.updated_at),
        "single_file_name": None,
        "has_multiple_single_files": False,
        "single_file_paths": [],
        "suspended_by": None if installed.suspended_at is None else account,
        "suspended_at": stamp(installed.suspended_at),
    }
