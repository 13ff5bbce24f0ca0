"""Origins as browsers send them (RFC 6454): in lower case, and without the port that the scheme implies."""

import re
from ipaddress import AddressValueError, IPv6Address, ip_address
from urllib.parse import urlsplit

LARGEST_PORT = 65535

_DEFAULT_PORTS = {"http": 80, "https": 443}
_ADDRESS = re.compile(r"(?i)(?P<scheme>https?)://(?P<authority>[^/?#]+)(?P<rest>.*)")
_AUTHORITY = re.compile(r"(?P<host>\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(?P<port>[0-9]{1,5})?)?")


class NotAnOrigin(ValueError):
    """The address does not begin with an origin; the message says what it has to be."""


def split_origin(address: str) -> tuple[str, str]:
    """The origin of an http address, and what follows it.

    Raises:
        NotAnOrigin: another scheme, a user name, or a host or port that browsers do not send so.
    """
    found = _ADDRESS.fullmatch(address)
    if found is None:
        raise NotAnOrigin("must be an http:// or https:// address")
    authority = _AUTHORITY.fullmatch(found["authority"].lower())
    if authority is None or not _is_port(authority["port"]):
        raise NotAnOrigin(
            "must begin with https://host or https://host:port, without a user name; a host with "
            "other letters is written as xn--…"
        )
    scheme = found["scheme"].lower()
    port = int(authority["port"] or _DEFAULT_PORTS[scheme])
    shown = "" if port == _DEFAULT_PORTS[scheme] else f":{port}"
    return f"{scheme}://{_as_sent(authority['host'])}{shown}", found["rest"]


def is_loopback(origin: str) -> bool:
    """Whether only this machine reaches the host of an origin from `split_origin`."""
    host = urlsplit(origin).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_port(digits: str | None) -> bool:
    return not digits or 0 < int(digits) <= LARGEST_PORT


def _as_sent(host: str) -> str:
    if not host.startswith("["):
        return host
    try:
        return f"[{IPv6Address(host[1:-1]).compressed}]"
    except AddressValueError:
        raise NotAnOrigin("must have an IPv6 address between its brackets") from None
