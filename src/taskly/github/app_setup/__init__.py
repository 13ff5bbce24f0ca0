"""Making this installation's GitHub App from a manifest, by whoever runs it."""
