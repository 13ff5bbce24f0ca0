"""Reports that are mailed: who wants them, and the jobs that bring them, run as workers run them."""

from collections.abc import Sequence
from datetime import timedelta
from email.message import EmailMessage

from httpx2 import Response
from sqlalchemy import select, text

from taskly.kit.clock import FrozenClock
from taskly.platform.context import SYSTEM
from taskly.platform.events.jobs import JobSpec
from taskly.platform.events.models import Job, JobState
from taskly.reports.jobs import ForgetMailings, SendReport, TellSprint, TellWeek, TellWeeks
from taskly.worker.registry import load_tasks
from tests.notifications.post import address, run, with_mail
from tests.reports.place import Team, team_in
from tests.support.actors import Actor, Json, expect
from tests.support.mailbox import Mailbox
from tests.support.world import World

WANTED: Json = {"subscribed": True, "obstacle": None}
NO_MORE: Json = {"subscribed": False, "obstacle": None}


async def mailed_team(real_world: World, real_alice: Actor, mailbox: Mailbox) -> Team:
    """The same team where commits are real; their mail goes to the mailbox."""
    load_tasks()
    world = with_mail(real_world, **mailbox.settings)
    team = await team_in(world, real_alice, await world.person("bob"))
    for person in (team.alice, team.bob):
        await address(world, person)
    return team


async def with_carol(team: Team) -> Actor:
    """A third person, who reads along."""
    carol = await team.world.person("carol")
    await team.alice.invite({"id": team.board["workspace_id"]}, carol, "viewer")
    await carol.stay_signed_in()
    await address(team.world, carol)
    return carol


def path_of(team: Team) -> str:
    """The path of the caller's subscription."""
    return f"/boards/{team.board['id']}/reports/subscription"


async def ask_for_it(team: Team, *people: Actor) -> None:
    """Some people want to be told."""
    for person in people:
        assert expect(await person.request("PUT", path_of(team)), 200) == WANTED


async def jobs(team: Team, *specs: type[JobSpec]) -> list[Job]:
    """All jobs of some kinds, oldest first."""
    async with team.world.runtime.database.reading() as session:
        kinds = [spec.kind for spec in specs]
        query = select(Job).where(Job.kind.in_(kinds)).order_by(Job.created_at, Job.id)
        return list(await session.scalars(query))


async def step(team: Team, sprint: Json, name: str) -> Response:
    """Alice starts or completes a sprint."""
    body = {"unfinished": "backlog"} if name == "complete" else None
    answer = await team.alice.post(f"/sprints/{sprint['id']}/{name}", json=body)
    assert answer.status_code == 200, answer.text
    return answer


async def completed(team: Team) -> Response:
    """The sprint of the team, with a card that is done, is started and completed."""
    await step(team, team.sprint, "start")
    await team.put(team.bob, await team.card("Refunds", 3), "Done")
    a_minute_later(team)
    return await step(team, team.sprint, "complete")


def a_minute_later(team: Team) -> None:
    """Time passes."""
    assert isinstance(team.world.clock, FrozenClock)
    team.world.clock.advance(timedelta(minutes=1))


async def do(team: Team, *specs: type[JobSpec]) -> list[Job]:
    """Try all jobs of some kinds once that are to be done; how they stand then."""
    waiting = [job for job in await jobs(team, *specs) if job.state is JobState.PENDING]
    return [await run(team.world, job.id) for job in waiting]


async def look(team: Team) -> list[Job]:
    """What the scheduler has done every quarter of an hour, and then what is told of weeks by it; the mails."""
    await promised_weeks(team)
    assert all(job.state is JobState.DONE for job in await do(team, TellWeek))
    return await do(team, SendReport)


async def promised_weeks(team: Team) -> Job:
    """It is looked of which boards somebody is to be told by now; that job."""
    async with team.world.runtime.database.transaction(SYSTEM) as tx:
        looking = tx.promise(TellWeeks())
    job = await run(team.world, looking)
    assert job.state is JobState.DONE
    return job


async def ten_minutes_later(team: Team) -> list[Job]:
    """What is told of sprints that were completed; the mails."""
    told = await do(team, TellSprint)
    assert all(job.state is JobState.DONE for job in told), [job.last_error for job in told]
    return await do(team, SendReport)


async def again(team: Team, job: Job) -> None:
    """A job is to be done once more, as if its worker had died before it said that it was done."""
    await stands(team, job, JobState.PENDING)


async def stands(team: Team, job: Job, state: JobState) -> None:
    """This became of a job."""
    async with team.world.runtime.database.transaction(SYSTEM) as tx:
        row = await tx.session.get_one(Job, job.id)
        row.state = state


async def forgotten(team: Team) -> int:
    """How many mailings the daily job forgets."""
    async with team.world.runtime.database.transaction(SYSTEM) as tx:
        job_id = tx.promise(ForgetMailings())
    result = (await run(team.world, job_id)).result
    assert result is not None
    return int(result["mailings"])


async def due_now(team: Team) -> None:
    """Whatever was promised for later is due."""
    async with team.world.runtime.database.transaction(SYSTEM) as tx:
        due = "UPDATE jobs SET next_attempt_at = now() WHERE state = 'pending'"
        await tx.session.execute(text(due))


def attached(mail: EmailMessage) -> dict[str, str]:
    """The files that come with a mail."""
    files = {}
    for each in mail.iter_attachments():
        content = each.get_payload(decode=True)
        assert isinstance(content, bytes)
        files[str(each.get_filename())] = content.decode()
    return files


async def drawn(team: Team, picture: str, **query: str) -> str:
    """A picture of the board, as the API draws it."""
    path = f"/boards/{team.board['id']}/insights/{picture}.svg"
    answer = await team.bob.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.text


def sent(mails: Sequence[Job]) -> list[bool]:
    """Which of the mails went out."""
    return [bool((job.result or {}).get("sent")) for job in mails]
