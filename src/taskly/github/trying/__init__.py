"""Trying rules: which cards would have moved where, had the board had them."""
