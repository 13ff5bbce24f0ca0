"""What a query means, as pure functions: words and days in, a tree of conditions out."""
