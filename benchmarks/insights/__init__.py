"""What charts cost on a board with a long past."""
