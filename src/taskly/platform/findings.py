"""What `taskly doctor` and readiness have to say."""

import enum
from dataclasses import dataclass


class Severity(enum.StrEnum):
    """How bad a finding is: `error` when something promised does not hold."""

    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, and what a person can do about it."""

    severity: Severity
    what: str
    advice: str
