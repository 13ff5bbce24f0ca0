"""Taking cards of issues away again."""

from taskly.boards import repository as boards
from taskly.boards.access import open_board_to_change
from taskly.cards.clearing import delete_all
from taskly.imports import repository
from taskly.imports.errors import ImportChangedSince, ImportNotReady
from taskly.imports.issues import issue_repository
from taskly.imports.models import BoardImport, ImportState
from taskly.platform.db.session import Transaction
from taskly.platform.http.problems import NotFound
from taskly.users.principal import Principal


async def remove_issues(
    tx: Transaction, principal: Principal, row: BoardImport, board_name: str | None
) -> None:
    """Delete the cards that an import made, as far as they are on its board; labels and sprints stay.

    Their issues can come again. Of a preview, only the preview goes.

    Raises:
        ImportNotReady: a job is at work.
        ImportChangedSince: people changed some of the cards, and the board's name was not typed.
        NotFound, Forbidden: the caller may not change the board.
    """
    board = None
    if row.board_id is not None:
        await tx.wait_for_turn(row.board_id)
        board = await open_board_to_change(tx, principal, row.board_id, archived=True)
    if await repository.import_row(tx.session, row.workspace_id, row.id, lock=True) is None:
        raise NotFound
    if row.state is ImportState.STARTED:
        raise ImportNotReady("A job makes the cards just now: wait until it is done.")
    if board is not None:
        present = await boards.board_row(tx.session, board.id)
        version = row.board_version or board.version
        changed = await issue_repository.changed_since(tx.session, row.id, board.id, version)
        if changed and board_name != present.name:
            raise ImportChangedSince(
                f"{changed} of the cards were changed since they came. To delete them all the same, send the "
                "board's name as `board_name`.",
                changes=changed,
            )
        cards = await issue_repository.cards_made(tx.session, row.id, board.id)
        await delete_all(tx, cards)
        await issue_repository.forget_cards(tx.session, [card.id for card in cards])
    row.state = ImportState.REMOVED
    row.forget_file()
