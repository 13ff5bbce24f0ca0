"""Rules that people keep from moving a card again."""
