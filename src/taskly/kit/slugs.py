"""Slugs: text as it may stand in a branch name or an address, in a-z, 0-9 and hyphens."""

import re

from anyascii import anyascii

DEFAULT_LIMIT = 60

_APOSTROPHES = re.compile(r"(?<=[a-z0-9])'(?=[a-z])")
# Chinese and Japanese are written without spaces; a character is a word, or the part of one that is read alone.
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_GAPS = re.compile(r"[^a-z0-9]+")


def slugify(text: str, *, limit: int = DEFAULT_LIMIT, default: str = "card") -> str:
    """The text in ASCII, lower case, words joined by hyphens, at most `limit` characters long.

    Other scripts are transliterated (`Добавить оплату` gives `dobavit-oplatu`). A long text is cut after a
    word; a first word that is too long by itself is cut inside. `default`, also cut, stands for
    a text in which nothing is left.

    Raises:
        ValueError: the limit is less than 1.
    """
    if limit < 1:
        raise ValueError("a slug has at least one character")
    plain = anyascii(_HAN.sub(r" \g<0> ", text)).lower()
    slug = _GAPS.sub("-", _APOSTROPHES.sub("", plain)).strip("-") or default
    if len(slug) <= limit:
        return slug
    whole_words, hyphen, _ = slug[: limit + 1].rpartition("-")
    return whole_words if hyphen else slug[:limit]
