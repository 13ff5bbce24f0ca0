"""PostgreSQL: the only place where truth lives."""
