"""History: what the log says of a board's past, and operations taken back."""
