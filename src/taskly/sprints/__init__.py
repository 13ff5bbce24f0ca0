"""Sprints: a time box of a board, and the cards in it."""
