"""Pure rules of taking back: a value goes back only as far as nobody changed it since."""

from collections.abc import Callable, Collection, Sequence
from typing import Any
from uuid import UUID

Item = dict[str, Any]


def merged_ids(
    present: Collection[UUID], before: Collection[UUID], after: Collection[UUID]
) -> list[UUID]:
    """Ids with what was added taken away and what was taken away added; others' ids stay."""
    added, removed = set(after) - set(before), set(before) - set(after)
    return sorted((set(present) - added) | removed)


def merged_settings(present: Item, before: Item, after: Item) -> tuple[Item, bool]:
    """Settings with names, taken back one by one; whether everything could be."""
    merged, is_whole = dict(present), True
    for name in before.keys() | after.keys():
        if before.get(name) == after.get(name):
            continue
        if present.get(name) != after.get(name):
            is_whole = False
        elif name in before:
            merged[name] = before[name]
        else:
            del merged[name]
    return merged, is_whole


def merged_items(
    present: Sequence[Item], before: Sequence[Item], after: Sequence[Item]
) -> tuple[list[Item], bool]:
    """A list of items with ids, taken back item by item; whether everything could be."""
    was, became = _by_id(before), _by_id(after)
    merged, is_whole = [], True
    for item in present:
        old, new = was.get(item["id"]), became.get(item["id"])
        if old == new:
            merged.append(item)
        elif item != new:
            is_whole = False
            merged.append(item)
        elif old is not None:
            merged.append(old)
    is_whole = is_whole and all(
        item["id"] in _ids(present)
        for item in after
        if item["id"] in was and was[item["id"]] != item
    )
    _put_back(merged, [item for item in before if item["id"] not in became], before)
    if _ids(present) == _ids(after):
        merged.sort(key=_place_among(before))
    return merged, is_whole


def _put_back(merged: list[Item], removed: Sequence[Item], before: Sequence[Item]) -> None:
    """Put removed items behind those that stood before them."""
    order = _ids(before)
    for item in removed:
        if item["id"] in _ids(merged):
            continue
        earlier = set(order[: order.index(item["id"])])
        places = [index + 1 for index, each in enumerate(merged) if each["id"] in earlier]
        merged.insert(max(places, default=0), item)


def _place_among(before: Sequence[Item]) -> Callable[[Item], int]:
    order = {item_id: index for index, item_id in enumerate(_ids(before))}
    return lambda item: order.get(item["id"], len(order))


def _by_id(items: Sequence[Item]) -> dict[str, Item]:
    return {item["id"]: item for item in items}


def _ids(items: Sequence[Item]) -> list[str]:
    return [item["id"] for item in items]
