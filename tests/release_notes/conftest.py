"""Taskly beside the fake GitHub."""

from tests.github.conftest import ann, board, connected, place, place_settings, workspace

__all__ = ["ann", "board", "connected", "place", "place_settings", "workspace"]
