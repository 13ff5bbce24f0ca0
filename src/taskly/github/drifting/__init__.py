"""Cards that have come apart from their code: found among many, and told with what to do."""
