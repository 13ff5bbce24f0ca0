"""What every endpoint speaks: problem details, strict schemas, pages, entity tags."""
