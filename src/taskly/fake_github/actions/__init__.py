"""Everything that can happen here: each function changes the records and tells the webhooks."""
