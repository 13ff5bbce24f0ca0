"""GitHub's REST API, under `/api/v3` as GitHub Enterprise Server has it."""
