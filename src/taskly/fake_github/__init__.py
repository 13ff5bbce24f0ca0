"""A stateful fake of GitHub, for tests, the demonstration and people: a program of its own.

Run it with `python -m taskly.fake_github --port 9000`. Nothing of Taskly imports it, and it imports
nothing of Taskly: whoever wants something of it asks over HTTP, most easily with `driver.FakeGitHub`.
"""
