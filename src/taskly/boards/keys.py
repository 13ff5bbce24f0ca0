"""The keys of boards: what leads to a card once leads to it always, and never to another.

A board that is renamed keeps the keys that it had. The key of a deleted board is free, and whoever takes it
goes on with its numbers.
"""

from taskly.boards import repository
from taskly.boards.errors import KeyTaken
from taskly.boards.models import Board, FormerBoardKey
from taskly.platform.db.session import Transaction


async def take_key(tx: Transaction, board: Board) -> None:
    """Let a new board have its key, which none of the workspace's boards has or had."""
    former = await repository.former_key(tx.session, board.workspace_id, board.key)
    if former is not None:
        board.next_card_number = former.next_card_number
        await tx.session.delete(former)


async def change_key(tx: Transaction, board: Board, key: str) -> None:
    """Give a board another key; the one that it had leads to its cards still.

    Raises:
        KeyTaken: another board has or had the key.
    """
    if not await can_have_key(tx, board, key):
        raise KeyTaken(f"The key {key} belongs to another board of this workspace, or did once.")
    former = await repository.former_key(tx.session, board.workspace_id, key)
    if former is not None:
        await tx.session.delete(former)
    _keep(tx, board)
    board.key = key


async def can_have_key(tx: Transaction, board: Board, key: str) -> bool:
    """Whether the board may have this key: no board has it, and no other one had it."""
    if await repository.has_key(tx.session, board.workspace_id, key):
        return False
    former = await repository.former_key(tx.session, board.workspace_id, key)
    return former is None or former.board_id == board.id


async def give_keys_back(tx: Transaction, board: Board) -> None:
    """Keep of a board that is about to be deleted how far its numbers went, under each of its keys."""
    await repository.spend_keys(tx.session, board)
    _keep(tx, board)


def _keep(tx: Transaction, board: Board) -> None:
    if board.next_card_number > 1:
        tx.session.add(
            FormerBoardKey(
                workspace_id=board.workspace_id,
                key=board.key,
                board_id=board.id,
                next_card_number=board.next_card_number,
            )
        )
