"""Insights: what a board's past says about how its team works, computed from the event log."""
