"""Mail: what is sent, how its texts are made, and the way out."""
