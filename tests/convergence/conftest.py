"""Taskly beside the fake GitHub."""

from tests.github.conftest import ann, place, place_settings

__all__ = ["ann", "place", "place_settings"]
