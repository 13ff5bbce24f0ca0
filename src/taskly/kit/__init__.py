"""Pure tools that know neither Taskly's domain nor its infrastructure."""
