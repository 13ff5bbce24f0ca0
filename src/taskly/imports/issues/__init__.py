"""Issues of GitHub that become cards of a board."""
