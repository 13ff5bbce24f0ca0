"""Asking GitHub what it did not tell, or what was lost."""
