"""Cards: the canonical domain, the one to imitate."""
