"""Live updates: hints over Redis, the truth in the log.

Read `room` first: a stream as one process knows it, and the rule that makes it gapless. `hub` keeps the
rooms right, `bus` and `subscriber` are the way through Redis, `reader` is one reader's place in a
stream, `socket` and `polling` are the two kinds of readers.
"""
