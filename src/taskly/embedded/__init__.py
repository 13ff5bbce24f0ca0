"""`taskly up`: PostgreSQL and Redis of our own, and the supervision of every process.

`up` tells the story; `instance` runs one; `postgres` and `redis` also run alone, as tests do.
"""
