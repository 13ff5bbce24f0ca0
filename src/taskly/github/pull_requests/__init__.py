"""Pull requests that people put on cards, take off, look at again, and have made from cards."""
