"""The file that a whole run leaves: the table, and on what and with what it was measured."""

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks.figures import Figure, table

PACKAGES = ("fastapi", "starlette", "uvicorn", "sqlalchemy", "asyncpg", "redis", "celery")


def report(figures: Sequence[Figure]) -> str:
    """The results as a Markdown page."""
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        "# Results\n\n"
        "The last whole run of `make bench`; [README](README.md) says how each figure is taken.\n"
        "Clients, servers and PostgreSQL share one machine, so it is the ratios that count.\n\n"
        f"{table(figures)}\n"
        f"- Date: {datetime.now(UTC).date().isoformat()}\n"
        f"- Machine: {os.cpu_count()} processors ({_processor()}), {platform.system()} {platform.machine()}\n"
        f"- Python {platform.python_version()}, {packages}\n"
    )


def _processor() -> str:
    """What the processor calls itself."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or "unknown processor"
    names = [line.partition(":")[2].strip() for line in text.splitlines() if "model name" in line]
    return names[0] if names else "unknown processor"
