"""`taskly demo`: a whole Taskly beside a fake GitHub, filled, with a story that tells itself.

It is a client like any other: boards are filled through the HTTP API, people sign in at the fake GitHub,
and what a card shows is what a WebSocket told. `story` holds what happens, `content` the texts.
"""
