"""What is held of pull requests, reviews, checks, branches and commits."""
