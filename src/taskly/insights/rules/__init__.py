"""What charts and figures mean: pure functions from the log's entries to numbers, exact and repeatable."""
