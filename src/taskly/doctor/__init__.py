"""`taskly doctor`: is this installation sound, and if not, what to do."""
