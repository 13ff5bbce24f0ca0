"""Keeping promises: claiming jobs, running their handlers, sweeping up what was left behind."""
