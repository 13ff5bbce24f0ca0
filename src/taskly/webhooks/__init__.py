"""Outbound webhooks: what happens in a workspace is told to addresses that its admins name."""
