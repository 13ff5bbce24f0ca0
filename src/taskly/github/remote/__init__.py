"""GitHub's API, as far as Taskly uses it."""
