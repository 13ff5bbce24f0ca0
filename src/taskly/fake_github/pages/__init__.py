"""Pages for people: signing in, and a page of buttons."""
