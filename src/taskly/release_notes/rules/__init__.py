"""Pure rules of release notes."""
