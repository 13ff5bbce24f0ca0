"""Having issues looked at and made cards of."""

from tests.github.place import Place
from tests.support.actors import Actor, Json, expect


async def look(place: Place, actor: Actor, board: Json, connected: Json, **wanted: object) -> Json:
    """Have a job see what the issues come to; the preview."""
    path = f"/workspaces/{connected['workspace_id']}/imports/github"
    body = {"board_id": board["id"], "repository_id": connected["id"], **wanted}
    asked = expect(await actor.post(path, json=body), 202)
    await place.run_jobs()
    return await shown(actor, asked)


async def shown(actor: Actor, preview: Json) -> Json:
    """An import as it is now."""
    found: Json = expect(await actor.get(where(preview)), 200)
    return found


def where(preview: Json) -> str:
    """The path of an import."""
    return f"/workspaces/{preview['workspace_id']}/imports/{preview['id']}"


async def carry_out(place: Place, actor: Actor, preview: Json, *, again: bool = False) -> Json:
    """Start an import and let its job run; the import then."""
    expect(await actor.post(f"{where(preview)}/start", params={"again": again}), 202)
    await place.run_jobs()
    return await shown(actor, preview)


async def take_in(
    place: Place,
    actor: Actor,
    board: Json,
    connected: Json,
    *,
    again: bool = False,
    **wanted: object,
) -> Json:
    """Look at issues and make cards of them."""
    preview = await look(place, actor, board, connected, **wanted)
    return await carry_out(place, actor, preview, again=again)


async def cards_on(actor: Actor, board: Json) -> dict[str, Json]:
    """The cards of a board by their titles, in their order, with the names of columns and labels."""
    snapshot = await actor.snapshot(board["id"])
    columns = {each["id"]: each["name"] for each in snapshot["columns"]}
    labels = {each["id"]: each["name"] for each in snapshot["labels"]}
    sprints = {each["id"]: each["name"] for each in snapshot["sprints"]}
    return {
        each["title"]: {
            **each,
            "column": columns[each["column_id"]],
            "labels": sorted(labels[label_id] for label_id in each["label_ids"]),
            "sprint": sprints.get(each["sprint_id"]),
        }
        for each in sorted(snapshot["cards"], key=lambda card: card["number"])
    }
