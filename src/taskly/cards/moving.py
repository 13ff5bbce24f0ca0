"""Moving a card: decided here, under the board's lock.

The move is stored by writing the card's one row, announced by one event of the board's log, and both
become true with the commit (`taskly.platform.db.session`).
"""

from taskly.cards import placing
from taskly.cards.events import CardMoved
from taskly.cards.models import CardAccess
from taskly.cards.recording import PLACE, fields_of, record_change
from taskly.cards.rules import Progress
from taskly.cards.schemas import MoveCard
from taskly.platform.db.session import Transaction


async def move_card(tx: Transaction, access: CardAccess, target: MoveCard) -> CardAccess:
    """Put a card into another place of its board. A card that is there already stays untouched.

    Raises:
        NotOnBoard: the board has no such column.
        AnchorGone: the neighbour is not in the column.
        AmbiguousPlace: the card was to be put beside itself.
    """
    card = access.card
    before = fields_of(card, PLACE)
    column = await placing.find_column(tx, access.board, target.column_id, target, card)
    card.rank = await placing.find_rank(tx, access.board, column, target, card)
    if card.column_id != column.id:
        card.column_id = column.id
        progress = Progress(card.started_at, card.completed_at).entering(column.category, tx.now)
        card.started_at, card.completed_at = progress.started_at, progress.completed_at
    record_change(tx, access, CardMoved, before, fields_of(card, PLACE))
    return access
