"""The event log, and the outbox of promised work: two of the four ideas that carry the design."""
