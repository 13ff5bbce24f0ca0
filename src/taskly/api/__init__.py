"""The api process: HTTP and WebSockets."""
