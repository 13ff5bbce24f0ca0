"""What GitHub sends by itself: taken in, kept, worked out."""
