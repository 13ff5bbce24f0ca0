"""Entity tags: whether the caller's copy is still the present one (RFC 9110).

A tag is the version of a thing, and where the answer shows more than the version counts, that as well:
`"7"`, `"7.3"`. Of a picture it is a digest.
"""

from hashlib import sha256

from taskly.platform.http.problems import Stale


def version_tag(version: int, more: str = "") -> str:
    """The strong `ETag` of a thing that counts its versions; `more` has no dot and no quote."""
    return f'"{version}.{more}"' if more else f'"{version}"'


def content_tag(body: bytes) -> str:
    """The strong `ETag` of bytes, for answers that are the same more often than what they are made from."""
    return f'"{sha256(body).hexdigest()[:32]}"'


def names_tag(if_none_match: str | None, tag: str) -> bool:
    """Whether an `If-None-Match` header names this tag (or `*`)."""
    tags = _tags(if_none_match)
    return "*" in tags or tag in tags


def is_current(if_none_match: str | None, version: int, more: str = "") -> bool:
    """Whether an `If-None-Match` header names exactly this (or `*`)."""
    return names_tag(if_none_match, version_tag(version, more))


def require_current(if_match: str | None, version: int) -> None:
    """Refuse a change that was made against another version.

    Raises:
        Stale: `If-Match` was sent and does not name `version`, with whatever the tag says more.
    """
    if if_match is None:
        return
    named = {tag.partition(".")[0].strip('"') for tag in _tags(if_match)}
    if not named & {"*", str(version)}:
        raise Stale(
            f"The present version is {version}. Fetch it, apply your change to it and try again.",
            current_version=version,
            headers={"ETag": version_tag(version)},
        )


def _tags(header: str | None) -> set[str]:
    return {tag.strip().removeprefix("W/") for tag in (header or "").split(",")} - {""}
