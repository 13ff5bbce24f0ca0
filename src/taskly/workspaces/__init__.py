"""Workspaces: the tenants, their people and roles."""
