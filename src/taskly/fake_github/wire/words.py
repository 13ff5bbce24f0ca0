"""The closed sets of words of the control API."""

from typing import Literal

FaultKind = Literal[
    "latency",
    "errors",
    "limited",
    "garbage",
    "down",
    "drop_deliveries",
    "duplicate_deliveries",
    "hold_deliveries",
    "delay_deliveries",
    "unreachable_hooks",
    "unknown_mergeability",
]
Permission = Literal["pull", "triage", "push", "maintain", "admin"]
Verdict = Literal["APPROVE", "REQUEST_CHANGES", "COMMENT"]
MergeMethod = Literal["merge", "squash", "rebase"]
CheckStatus = Literal["queued", "in_progress", "completed", "waiting", "requested", "pending"]
ClosedAs = Literal["completed", "not_planned", "duplicate"]
Conclusion = Literal[
    "success", "failure", "neutral", "cancelled", "skipped", "timed_out", "action_required"
]
StatusState = Literal["error", "failure", "pending", "success"]
ReleaseOrder = Literal["first_in_first_out", "reversed", "shuffled"]
Resource = Literal["core", "search", "graphql", "integration_manifest"]
