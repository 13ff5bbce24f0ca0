"""Notifications: telling people what concerns them, in the application and by bundled mail."""
