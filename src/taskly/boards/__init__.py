"""Boards: columns, labels, and the snapshot that clients draw."""
