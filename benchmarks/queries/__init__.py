"""What PostgreSQL does with our statements when there is much of everything."""
