"""The fake GitHub."""

from tests.github.conftest import place_settings

__all__ = ["place_settings"]
