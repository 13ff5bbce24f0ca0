"""What GitHub says, taken in: facts, the cards they belong to, and what that does to them."""
