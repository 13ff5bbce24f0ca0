"""From the log to the lines of webhooks.

A webhook has a cursor in each stream of its workspace: the last version that it has taken. Versions have no
gaps and are committed in their order, so what follows a cursor is all that is new, and it is taken by one
transaction that moves the cursor, adds the messages, and promises their sending: whatever is killed, each event
is taken once. While a webhook is told nothing its cursors stand still, and the log itself is its backlog. See
docs/adr/0012-webhooks-read-the-log.md.
"""

from taskly.platform.db.session import Transaction
from taskly.platform.events.models import StreamKind
from taskly.platform.jobs.work import TakenOver, Work
from taskly.webhooks import message_repository as messages
from taskly.webhooks import news_repository as log
from taskly.webhooks import repository
from taskly.webhooks.line import Told, move_line, put_in_line
from taskly.webhooks.models import WebhookCursor, WebhookEndpoint
from taskly.webhooks.news_repository import Entry, News
from taskly.webhooks.rules import EndpointState, wants

MOST_IN_LINE = 1000
"""A longer line is not made: what follows waits in the log."""
BATCH = 200
MOST_STREAMS = 500
"""So many streams are looked at in one round; the next one comes soon."""


async def take_news(work: Work) -> dict[str, int]:
    """Take what is new for every webhook; how many events were looked at.

    Raises:
        ExceptionGroup: some could not be taken; all others were.
    """
    taken, errors = 0, []
    async with work.reading() as session:
        found = await log.streams_with_news(session, most=MOST_IN_LINE, limit=MOST_STREAMS)
    for news in found:
        try:
            async with work.transaction() as tx:
                taken += await take(tx, news)
        except TakenOver:
            raise
        except Exception as error:  # one webhook must not keep the others from their news
            errors.append(error)
    if errors:
        raise ExceptionGroup("some news could not be taken", errors)
    return {"events": taken}


async def take(tx: Transaction, news: News) -> int:
    """Take some of what is new in one stream for one webhook; how many events were looked at."""
    endpoint = await repository.endpoint(tx.session, news.workspace_id, news.endpoint_id, lock=True)
    if endpoint is None or endpoint.state is not EndpointState.ACTIVE:
        return 0
    waiting = await messages.count_queued(tx.session, endpoint.id, limit=MOST_IN_LINE)
    cursor = await _cursor(tx, endpoint, news)
    limit = min(BATCH, MOST_IN_LINE - waiting)
    entries = await log.entries(tx.session, news.stream_id, after=cursor.version, limit=limit)
    if entries:
        cursor.version = entries[-1].version
        told = [Told(entry.id, entry.type) for entry in entries if _is_told(endpoint, news, entry)]
        await put_in_line(tx, endpoint, told)
        await move_line(tx, endpoint)
    elif limit and await log.has_ended(tx.session, news, after=cursor.version):
        await log.forget(tx.session, cursor)
    return len(entries)


async def _cursor(tx: Transaction, endpoint: WebhookEndpoint, news: News) -> WebhookCursor:
    """The webhook's cursor in the stream. A board that is younger than the webhook is read from its beginning."""
    found = await repository.cursor(tx.session, endpoint, news.stream_id)
    if found is not None:
        return found
    made = WebhookCursor(
        workspace_id=endpoint.workspace_id,
        endpoint_id=endpoint.id,
        stream_id=news.stream_id,
        stream_kind=news.kind,
        version=0,
    )
    tx.session.add(made)
    await tx.session.flush()
    return made


def _is_told(endpoint: WebhookEndpoint, news: News, entry: Entry) -> bool:
    if endpoint.board_id is not None and endpoint.board_id != news.stream_id:
        return False
    # What happens to a board as a whole is in its own stream and in the workspace's: it is told once.
    if news.kind is StreamKind.WORKSPACE and entry.type.startswith("board."):
        return False
    return wants(endpoint.event_types, entry.type)
