"""What people tell each other of their work: a report of a sprint, and a digest of a week."""
