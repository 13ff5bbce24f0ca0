"""Repositories that are connected to a workspace, and their webhooks."""
