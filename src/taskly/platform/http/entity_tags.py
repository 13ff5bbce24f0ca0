"""Entity tags: a version says whether the caller's copy is still the present one (RFC 9110)."""

from taskly.platform.http.problems import Stale


def version_tag(version: int) -> str:
    """The strong `ETag` of a thing that counts its versions."""
    return f'"{version}"'


def is_current(header: str | None, version: int) -> bool:
    """Whether an `If-None-Match` or `If-Match` header names this version (or `*`)."""
    if header is None:
        return False
    tags = {tag.strip().removeprefix("W/") for tag in header.split(",")}
    return "*" in tags or version_tag(version) in tags


def require_current(if_match: str | None, version: int) -> None:
    """Refuse a change that was made against another version.

    Raises:
        Stale: `If-Match` was sent and does not name `version`.
    """
    if if_match is not None and not is_current(if_match, version):
        raise Stale(
            f"The present version is {version}. Fetch it, apply your change to it and try again.",
            current_version=version,
            headers={"ETag": version_tag(version)},
        )
