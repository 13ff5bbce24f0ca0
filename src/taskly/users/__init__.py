"""People: who they are, how they sign in, and what shows who makes a request."""
