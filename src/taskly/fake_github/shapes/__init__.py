"""How GitHub writes what it knows: records in, JSON objects out, in GitHub's order of keys."""
