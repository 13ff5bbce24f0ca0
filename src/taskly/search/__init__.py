"""Search: the language of filters, full text over cards, and saved views."""
