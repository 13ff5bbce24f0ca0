"""From the past of a board to what a report says of it: pure functions."""
