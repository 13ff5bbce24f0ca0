"""The handlers of the jobs of imports of issues."""

from taskly.imports.issues.attempts import ending_well, note_broken_off
from taskly.imports.issues.carrying import carry_out
from taskly.imports.issues.reading import look
from taskly.imports.jobs import CarryOutIssues, LookAtIssues
from taskly.platform.events.jobs import handles
from taskly.platform.jobs.work import Work


@handles(LookAtIssues, on_dead=note_broken_off)
async def look_at_issues(work: Work, job: LookAtIssues) -> None:
    """See what the issues of a repository come to."""
    async with ending_well(work, job):
        await look(work, job)


@handles(CarryOutIssues, on_dead=note_broken_off)
async def carry_out_issues(work: Work, job: CarryOutIssues) -> None:
    """Make cards of the issues of a repository, a page at a time."""
    async with ending_well(work, job):
        await carry_out(work, job)
