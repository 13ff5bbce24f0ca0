"""The options of Taskly's programs."""

from argparse import ArgumentParser


def looking_parser(command: str, description: str) -> ArgumentParser:
    """For a command that looks into a running Taskly: its help tells how to name another one."""
    return ArgumentParser(
        prog=f"taskly {command}",
        description=description,
        epilog=f"`taskly {command} --data-dir DIRECTORY` looks into the Taskly that runs there; "
        "else it is the one of this folder, or the servers that DATABASE_URL and REDIS_URL name.",
    )
