"""Writing HTML so that nothing that somebody typed can become markup."""

from collections.abc import Iterable, Mapping
from html import escape
from typing import TypeAlias

_VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})


class Html(str):
    """Text that is markup already."""

    __slots__ = ()


Child: TypeAlias = "Html | str | int | Iterable[Child] | None"


def element(name: str, /, *children: Child, **attributes: str | bool | int | None) -> Html:
    """`<name attributes>children</name>`, escaped.

    An attribute of None or False is left out; `class_` is written `class`, `aria_label` is written `aria-label`.
    """
    written = "".join(
        _attribute(key.rstrip("_").replace("_", "-"), value) for key, value in attributes.items()
    )
    if name in _VOID:
        return Html(f"<{name}{written}>")
    return Html(f"<{name}{written}>{join(children)}</{name}>")


def join(children: Child) -> Html:
    """The children one after the other, escaped where they are not markup already."""
    if children is None:
        return Html("")
    if isinstance(children, Html):
        return children
    if isinstance(children, str | int):
        return Html(escape(str(children)))
    return Html("".join(join(child) for child in children))


def button_form(
    action: str, text: str, fields: Mapping[str, str] | None = None, kind: str = ""
) -> Html:
    """A button that posts these fields."""
    hidden = [
        element("input", type="hidden", name=name, value=value)
        for name, value in (fields or {}).items()
    ]
    return element(
        "form",
        hidden,
        element("button", text, type="submit", class_=kind or None),
        method="post",
        action=action,
        class_="inline",
    )


def text_input(name: str, hint: str) -> Html:
    """A field that must be filled in."""
    return element(
        "input", type="text", name=name, placeholder=hint, aria_label=hint, required=True
    )


def document(title: str, *body: Child) -> str:
    """A whole page."""
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title),
        element("link", rel="stylesheet", href="/style.css"),
        element("link", rel="icon", href="data:,"),
    )
    return "<!doctype html>" + element("html", head, element("body", *body), lang="en")


def _attribute(name: str, value: str | bool | int | None) -> str:
    if value is None or value is False:
        return ""
    return f" {name}" if value is True else f' {name}="{escape(str(value))}"'
