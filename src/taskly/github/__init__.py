"""GitHub: what it tells us about branches, pull requests and checks, and what the cards make of it."""
