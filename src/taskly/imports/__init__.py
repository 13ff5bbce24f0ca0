"""Boards from elsewhere: files of other products become boards."""
