"""Taskly: a project board that drives a GitHub repository and is driven by it."""

__version__ = "0.1.0"
