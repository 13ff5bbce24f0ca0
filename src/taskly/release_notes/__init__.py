"""What was achieved between two days or two tags, to be told to others."""
