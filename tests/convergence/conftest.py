"""Taskly beside the fake GitHub."""

from tests.github.conftest import ann, github, github_server, place, place_settings

__all__ = ["ann", "github", "github_server", "place", "place_settings"]
