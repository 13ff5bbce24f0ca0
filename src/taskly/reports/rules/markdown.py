"""What people wrote, as it stands for itself in Markdown: CommonMark, with GitHub's tables and links."""

import re

_SPECIAL = re.compile(r"([\\`*_\[\]<>|~&#@])")
_LIST = re.compile(r"^(?:([-+=])|([0-9]{1,9})([.)]))")
_ADDRESS = re.compile(r"(?:(:)(//)|\b(www)(\.))", re.IGNORECASE)


def plain(words: str) -> str:
    r"""The words in one line, in which nothing is emphasised, leads elsewhere, or begins a list.

    >>> print(plain("a | *b* <c>"))
    a \| \*b\* \<c\>
    >>> print(plain("1. [x](https://y) www.z.org"))
    1\. \[x\](https\://y) www\.z.org
    """
    line = _SPECIAL.sub(r"\\\1", " ".join(words.split()))
    line = _ADDRESS.sub(lambda found: found[0].replace(":", r"\:").replace(".", r"\."), line)
    return _LIST.sub(lambda found: rf"{found[2] or ''}\{found[3] or found[1]}", line)
