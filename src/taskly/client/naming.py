"""From the names that people type to the things that the API knows by their ids."""

from collections.abc import Iterable
from urllib.parse import quote
from uuid import UUID

from taskly.client.asking import TRIES, Json, Server
from taskly.client.credentials import credentials, remembered_file
from taskly.client.refusal import Refused


def signed_in(*, timeout: float = 30, tries: int = TRIES) -> Server:
    """The server that is asked, in the name of who is signed in here.

    Raises:
        Refused: nobody is.
    """
    return Server(credentials(remembered_file()), timeout=timeout, tries=tries)


def find_workspace(server: Server, wanted: str | None) -> Json:
    """The workspace of a name or an id; where none is named, the only one.

    Raises:
        Refused: there is no such workspace, or more than one.
    """
    every = server.every("/workspaces")
    if wanted is not None:
        return _only(every, wanted, ("name",), "workspace")
    if len(every) == 1:
        return every[0]
    if not every:
        raise Refused("You are in no workspace yet. Make one, or let somebody invite you.")
    raise Refused(f"Say which workspace, with --workspace: {_listed(every, 'name')}.")


def find_board(server: Server, workspace: Json, wanted: str) -> Json:
    """The board of a key, a name or an id.

    Raises:
        Refused: there is no such board, or more than one.
    """
    every = server.every(f"/workspaces/{workspace['id']}/boards")
    return _only(every, wanted, ("key", "name"), "board")


def find_card(server: Server, workspace: str | None, wanted: str) -> Json:
    """The card of a key such as `PAY-12`, or of an id.

    Raises:
        Refused: there is no such card.
    """
    if _is_id(wanted):
        card: Json = server.get(f"/cards/{wanted}")
        return card
    home = find_workspace(server, workspace)
    try:
        found: Json = server.get(f"/workspaces/{home['id']}/cards/{quote(wanted, safe='')}")
    except Refused as refusal:
        if refusal.status in {404, 422}:
            raise Refused(f"There is no card {wanted!r} in {home['name']}.") from refusal
        raise
    return found


def find_part(board: Json, kind: str, wanted: str) -> Json:
    """The column or label of a name on a board that was read as a whole.

    Raises:
        Refused: it has none, or several.
    """
    return _only(board[f"{kind}s"], wanted, ("name",), kind)


def find_sprint(server: Server, board: Json, wanted: str) -> Json:
    """The sprint of a name or an id on a board.

    Raises:
        Refused: there is no such sprint, or more than one.
    """
    return _only(server.every(f"/boards/{board['id']}/sprints"), wanted, ("name",), "sprint")


def sprint_meant(server: Server, workspace: str | None, board: str, wanted: str) -> Json:
    """The sprint that the words of a command mean.

    Raises:
        Refused: a word means nothing, or more than one thing.
    """
    home = find_workspace(server, workspace)
    return find_sprint(server, find_board(server, home, board), wanted)


def find_people(server: Server, workspace: Json, wanted: list[str]) -> list[str]:
    """The ids of members by their logins, or of oneself by `me`.

    Raises:
        Refused: one of them is no member.
    """
    if not wanted:
        return []
    members = server.every(f"/workspaces/{workspace['id']}/members")
    own = server.get("/me")["login"] if "me" in wanted else ""
    return [find_member(members, own if each == "me" else each)["user_id"] for each in wanted]


def find_member(members: Iterable[Json], wanted: str) -> Json:
    """The member of a login; `me` has been asked for before.

    Raises:
        Refused: nobody is called so.
    """
    return _only(list(members), wanted.removeprefix("@"), ("login",), "member", id_name="user_id")


def as_word(name: str) -> str:
    """A name as it is typed without quotes: in small letters, with hyphens for blanks.

    >>> as_word("In Progress")
    'in-progress'
    """
    return "-".join(name.casefold().split())


def _only(
    every: list[Json], wanted: str, names: tuple[str, ...], kind: str, *, id_name: str = "id"
) -> Json:
    """The one that is called so: by its id, else by the first of its names under which one is found."""
    for name in (id_name, *names):
        found = [each for each in every if as_word(str(each[name])) == as_word(wanted)]
        if len(found) > 1:
            raise Refused(f"{len(found)} {kind}s are called {wanted!r}. Name it by its id.")
        if found:
            return found[0]
    raise Refused(f"There is no {kind} {wanted!r}; there are {_listed(every, names[0])}.")


def _listed(every: list[Json], name: str) -> str:
    return ", ".join(str(each[name]) for each in every) or "none"


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False
