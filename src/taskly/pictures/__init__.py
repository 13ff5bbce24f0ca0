"""Pictures of what insights tell, and links that show them without signing in."""
