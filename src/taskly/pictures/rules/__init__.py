"""From figures to pictures: pure functions, and the same bytes for the same figures."""
