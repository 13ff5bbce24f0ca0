"""Requests to addresses that users give: only to the public internet, unless a setting allows more.

A name is resolved once for each request. Every address that it has must be allowed, and the connection is
made to one of the very addresses that were looked at, under the name's own certificate: what the name means a
moment later makes no difference. Nothing is followed: an answer that leads elsewhere is only an answer. No
connection is kept, as the next request may be for another name at the same address.
"""

import asyncio
import re
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx2
import structlog

from taskly.kit.addresses import Address, is_public, read_address
from taskly.kit.text import unseen_in

log = structlog.get_logger()

CONNECT_SECONDS = 5.0
MOST_ADDRESSES = 4
"""So many addresses of a name are tried before it counts as unreachable."""
URL_LENGTH = 2000
HIGHEST_PORT = 65_535

_HOST = re.compile(
    r"(?=.{1,253}\.?$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\.?"
)
_NUMBER = re.compile(r"(.*\.)?(0x[0-9a-f]*|[0-9]+)\.?")
_PRINTABLE = re.compile(r"[!-\[\]-~\u00a1-\uffff]+")

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""The addresses of a name, for a port. Raises OSError when there are none."""


class AddressRefused(Exception):
    """We don't call this address; the message says why, in words for whoever gave it."""


class NoAnswer(Exception):
    """Nothing came back; the message says what went wrong, in words for whoever gave the address."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: the status, and the beginning of the body."""

    status: int
    beginning: bytes


async def resolve(host: str, port: int) -> list[str]:
    """Ask the system what addresses a name has."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Outgoing:
    """Sends requests. One for each process; close it in the end."""

    def __init__(
        self,
        *,
        allow_private: bool = False,
        allow_http: bool = False,
        resolving: Resolve = resolve,
        allows: Callable[[Address], bool] = is_public,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._allows = (lambda _address: True) if allow_private else allows
        self._schemes = {"https", "http"} if allow_http else {"https"}
        self._resolving = resolving
        # A client would keep cookies and follow what the environment says about proxies.
        self._transport = httpx2.AsyncHTTPTransport(
            verify=True if tls is None else tls,
            trust_env=False,
            limits=httpx2.Limits(max_keepalive_connections=0),
        )

    async def aclose(self) -> None:
        """Close what is open."""
        await self._transport.aclose()

    def check(self, url: str) -> httpx2.URL:
        """The address, if its form is allowed. What its name stands for is looked at when something is sent.

        Raises:
            AddressRefused: it is no such address, or names a host by a number that is not allowed.
        """
        parsed = _parsed(url)
        if parsed.scheme not in self._schemes:
            raise AddressRefused(f"It has to begin with {'://, '.join(sorted(self._schemes))}://.")
        if parsed.userinfo or "@" in parsed.netloc.decode("ascii"):
            raise AddressRefused("It can't hold a name and a password.")
        if parsed.port is not None and not 1 <= parsed.port <= HIGHEST_PORT:
            raise AddressRefused(f"Its port has to be between 1 and {HIGHEST_PORT}.")
        if parsed.fragment:
            raise AddressRefused("It can't hold a fragment (#).")
        host = parsed.raw_host.decode("ascii").lower()
        address = read_address(host)
        if address is not None:
            self._admit([address])
        elif _HOST.fullmatch(host) is None or _NUMBER.fullmatch(host) is not None:
            raise AddressRefused("Its host is not written as a name or an address usually is.")
        return parsed

    async def post(
        self, url: str, *, content: bytes, headers: Mapping[str, str], seconds: float, keep: int
    ) -> Reply:
        """Send a body; the answer's status and its first `keep` bytes.

        Raises:
            AddressRefused: nothing was sent, as the address is not one that we call.
            NoAnswer: it can't be reached, or did not answer within so many seconds.
        """
        parsed = self.check(url)
        try:
            async with asyncio.timeout(seconds):
                addresses = await self._addresses(parsed)
                return await self._send(parsed, addresses, content, headers, keep)
        except TimeoutError:
            raise NoAnswer(f"There was no answer within {seconds:g} s.") from None
        except (AddressRefused, NoAnswer):
            raise
        except Exception as error:  # whatever it was, who asked gets to know that nothing came back
            log.warning("outgoing.failed", error=type(error).__name__)
            raise NoAnswer("The request could not be made.") from None

    async def _addresses(self, url: httpx2.URL) -> list[Address]:
        """All addresses of the host, each of them allowed."""
        host = url.raw_host.decode("ascii")
        known = read_address(host)
        if known is not None:
            return [known]
        port = url.port or (443 if url.scheme == "https" else 80)
        try:
            found = list(await self._resolving(host, port))
        except (OSError, UnicodeError):
            found = []
        addresses = [address for each in found if (address := read_address(each)) is not None]
        if not addresses or len(addresses) < len(found):
            raise NoAnswer("The name of its host has no address.")
        self._admit(addresses)
        return addresses[:MOST_ADDRESSES]

    def _admit(self, addresses: Sequence[Address]) -> None:
        if not all(self._allows(address) for address in addresses):
            raise AddressRefused("Its host is not on the public internet.")

    async def _send(
        self,
        url: httpx2.URL,
        addresses: Sequence[Address],
        content: bytes,
        headers: Mapping[str, str],
        keep: int,
    ) -> Reply:
        reason = ""
        for address in addresses:
            request = _request_to(address, url, content, headers)
            try:
                return await self._exchange(request, keep)
            except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
                reason = _words(error)
            except httpx2.HTTPError as error:
                raise NoAnswer(f"The connection broke: {_words(error)}.") from None
        raise NoAnswer(f"There is no connection: {reason}.")

    async def _exchange(self, request: httpx2.Request, keep: int) -> Reply:
        response = await self._transport.handle_async_request(request)
        beginning = b""
        try:
            if isinstance(response.stream, httpx2.AsyncByteStream):
                async for chunk in response.stream:
                    beginning += chunk[: keep - len(beginning)]
                    if len(beginning) >= keep:
                        break
        finally:
            await response.aclose()
        return Reply(response.status_code, beginning)


def _parsed(url: str) -> httpx2.URL:
    if len(url) > URL_LENGTH or _PRINTABLE.fullmatch(url) is None or unseen_in(url):
        raise AddressRefused("It is too long, or holds characters that an address can't hold.")
    try:
        return httpx2.URL(url)
    except httpx2.InvalidURL:
        raise AddressRefused("It is not an address.") from None


def _request_to(
    address: Address, url: httpx2.URL, content: bytes, headers: Mapping[str, str]
) -> httpx2.Request:
    """The request for `url`, to be sent to an address of its host."""
    extensions: dict[str, Any] = {"timeout": {"connect": CONNECT_SECONDS}}
    if read_address(url.raw_host.decode("ascii")) is None:
        name = url.raw_host.rstrip(b".").decode("ascii")
        extensions["sni_hostname"] = name
    return httpx2.Request(
        "POST",
        url.copy_with(host=str(address)),
        headers={**headers, "Host": url.netloc.decode("ascii"), "Accept-Encoding": "identity"},
        content=content,
        extensions=extensions,
    )


def _words(error: Exception) -> str:
    """What went wrong, without the address that we resolved."""
    if isinstance(error, httpx2.ConnectTimeout):
        return "connecting took too long"
    text = str(error)
    if "CERTIFICATE_VERIFY_FAILED" in text or "certificate" in text.lower():
        return "its certificate is not one that we trust for this name"
    if "SSL" in text:
        return "it does not speak TLS as we do"
    if isinstance(error, httpx2.ConnectError):
        return "nobody listens there, or the way is closed"
    if isinstance(error, httpx2.RemoteProtocolError):
        return "the answer is not HTTP"
    return "it ended before there was an answer"
