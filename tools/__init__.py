"""What the project checks about itself."""
