"""The history of the schema. Models and migrations never drift: a test compares them."""
