"""What is known of a person: handed out to them, and forgotten when they wish it."""
