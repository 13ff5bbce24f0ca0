"""Files of other products, and what they come to. Nothing here asks or changes anything."""
