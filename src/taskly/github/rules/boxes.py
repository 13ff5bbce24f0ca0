"""Lists with boxes in Markdown: acceptance criteria on a card, and the checklist that a pull request has of them.

An item is known by its text alone. What two items of a list say is left alone, because nobody could tell them
apart. Items in fenced code are none.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_ITEM = re.compile(
    r"(?P<lead>[ \t]{0,40}(?:[-*+]|[0-9]{1,9}[.)])[ \t]{1,4})"
    r"(?P<box>\[(?P<mark>[ xX])\](?=[ \t\r]|\Z)[ \t]{0,4})?(?P<text>[^\n]*)\Z"
)
_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})")
_HEADING = re.compile(r"[ ]{0,3}#{1,6}(?:[ \t]|\Z)")


@dataclass(frozen=True, slots=True)
class Edit:
    """What somebody made of a text."""

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class _Line:
    written: str
    is_code: bool
    item: re.Match[str] | None

    @property
    def text(self) -> str:
        """The words of the item, however they are spaced; nothing if it is none."""
        return "" if self.item is None else " ".join(self.item["text"].split())

    @property
    def is_ticked(self) -> bool:
        return self.item is not None and (self.item["mark"] or " ") in "xX"

    def with_box(self, ticked: bool) -> str:
        """The same line with its box so; it gets a box if it has none."""
        if self.item is None:
            return self.written
        blank = (self.item["box"] or "[ ] ")[3:]
        return f"{self.item['lead']}[{'x' if ticked else ' '}]{blank}{self.item['text']}"


def boxes_in(markdown: str) -> dict[str, bool]:
    """Whether each item of a text's lists is ticked, by the item's text. An item without a box is not."""
    lines = [line for line in _lines(markdown) if line.text]
    counts = Counter(line.text for line in lines)
    return {line.text: line.is_ticked for line in lines if counts[line.text] == 1}


def checklist(criteria: str) -> str:
    """The criteria with a box for each item; if there is no list, with one for each line that says something."""
    lines = list(_lines(criteria))
    has_items = any(line.text for line in lines)
    return closed("\n".join(_as_item(line, has_items=has_items) for line in lines))


def shown_boxes(criteria: str) -> str:
    """The criteria with signs in place of boxes, where nobody is to tick them."""
    return closed(
        "\n".join(
            f"{line.item['lead']}{'☑' if line.is_ticked else '☐'} {line.item['text']}"
            if line.item is not None and line.text
            else line.written
            for line in _lines(criteria)
        )
    )


def parted(markdown: str) -> tuple[str, str]:
    """A text without the items that have boxes, and these items, each with what is indented below it.

    >>> parted("Twice.\\n- [x] Bank\\n  - [ ] Its answer\\n- Fees")
    ('Twice.\\n- Fees', '- [x] Bank\\n  - [ ] Its answer')
    """
    rest: list[str] = []
    items: list[str] = []
    is_below = False
    for line in _lines(markdown):
        has_box = line.item is not None and line.item["box"] is not None and bool(line.text)
        was_below, is_below = is_below, has_box or (is_below and line.written[:1] in {" ", "\t"})
        if is_below:
            items.append(line.written)
        elif not (was_below and not line.written.strip() and rest and not rest[-1].strip()):
            # One blank line of the two around the items is enough.
            rest.append(line.written)
    return "\n".join(rest).strip(), "\n".join(items)


def follow_boxes(criteria: str, *, edits: Iterable[Edit], before: str, after: str) -> str:
    """The criteria with those boxes changed that were changed in a checklist between `before` and `after`.

    Only boxes change, never words. `edits` are what people did to the criteria after the checklist was
    changed: the boxes that they set, or whose words they wrote, stay as they left them.
    """
    was, now = boxes_in(before), boxes_in(after)
    changed = {text: now[text] for text in was.keys() & now.keys() if was[text] != now[text]}
    for edit in edits:
        left, made = boxes_in(edit.before), boxes_in(edit.after)
        for text in list(changed):
            if left.get(text) != made.get(text):
                del changed[text]
    present = boxes_in(criteria)
    wanted = {text: box for text, box in changed.items() if present.get(text, box) != box}
    return "\n".join(
        line.with_box(wanted[line.text]) if line.text in wanted else line.written
        for line in _lines(criteria)
    )


def closed(markdown: str) -> str:
    """The text with its last code fence closed, so that what comes after it is no code."""
    fence = None
    for line in markdown.split("\n"):
        fence = _fence_after(fence, line)
    return markdown if fence is None else f"{markdown}\n{fence}"


def _lines(markdown: str) -> Iterator[_Line]:
    fence = None
    for written in markdown.split("\n"):
        was, fence = fence, _fence_after(fence, written)
        is_code = was is not None or fence is not None
        yield _Line(written, is_code, None if is_code else _ITEM.match(written))


def _fence_after(fence: str | None, line: str) -> str | None:
    """The fence of the code that a line is followed by, if it is in `fence` itself."""
    found = _FENCE.match(line)
    if fence is None:
        return None if found is None else found[1]
    marks = line.strip()
    ends = len(marks) >= len(fence) and set(marks) == {fence[0]}
    return None if ends else fence


def _as_item(line: _Line, *, has_items: bool) -> str:
    if line.text:
        return line.with_box(line.is_ticked)
    is_said = line.written.strip() and not line.is_code and not _HEADING.match(line.written)
    return f"- [ ] {line.written.strip()}" if is_said and not has_items else line.written
