"""Branches that are made from a card."""
