"""The parts of the driver, by topic."""
