"""Small programs in the place of Taskly's own, which take seconds to import."""
