"""Links that people give, for others to follow."""

from urllib.parse import urlsplit

from taskly.kit.text import unseen_in


def check_link(url: str) -> str:
    """The link, if it shows where it leads.

    Raises:
        ValueError: it holds a name or a password, or characters that can't be seen or turn others around. The message
            says so, in words for whoever gave it.
    """
    unseen = unseen_in(url)
    if unseen is not None:
        raise ValueError(f"must not hold {unseen}, which can't be seen: write it in percent form")
    try:
        authority = urlsplit(url).netloc
    except ValueError:
        raise ValueError("write a link with a host, such as https://example.com/refunds") from None
    if "@" in authority:
        raise ValueError("must not hold a name and a password")
    return url
