"""Whole workspaces as files: written, and read back without loss."""
