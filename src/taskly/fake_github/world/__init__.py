"""What the fake GitHub knows, as plain records, and the rules that need no HTTP."""
