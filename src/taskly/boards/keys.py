"""The keys of boards: what leads to a card once leads to it always, and never to another.

A board that is renamed keeps the keys that it had. The key of a deleted board is free, and whoever takes it
goes on with its numbers.

A board that is filled before its workspace is locked has a key that nobody else can want: whoever made a board
with the same key would wait for it.
"""

from taskly.boards import repository
from taskly.boards.errors import KeyTaken
from taskly.boards.models import Board, FormerBoardKey
from taskly.kit.ids import new_id
from taskly.platform.db.session import Transaction


async def take_key(tx: Transaction, board: Board) -> None:
    """Let a new board have its key, which none of the workspace's boards has or had."""
    former = await repository.former_key(tx.session, board.workspace_id, board.key)
    if former is not None:
        board.next_card_number = former.next_card_number
        await tx.session.delete(former)


def passing_key() -> str:
    """A key for a board that nobody sees yet."""
    return f"Z{new_id().hex[-9:].upper()}"


async def settle_key(tx: Transaction, board: Board, key: str, first_number: int) -> None:
    """Give a board that nobody sees yet its key, whose cards were to begin with this number.

    Raises:
        KeyTaken: another board took the key since, and has it, had it, or used more of its numbers.
    """
    former = await repository.former_key(tx.session, board.workspace_id, key)
    first = 1 if former is None else former.next_card_number
    belongs = former is not None and former.board_id is not None
    if (
        belongs
        or first != first_number
        or await repository.has_key(tx.session, board.workspace_id, key)
    ):
        raise KeyTaken(f"Another board took the key {key} just now.")
    if former is not None:
        await tx.session.delete(former)
    board.key = key


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
