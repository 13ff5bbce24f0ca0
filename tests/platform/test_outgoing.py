"""Requests to addresses that users give reach the public internet and nothing else."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from taskly.kit.addresses import Address
from taskly.platform.http.outgoing import AddressRefused, NoAnswer, Outgoing, Reply
from tests.support.receiver import Receiver, receiving

pytestmark = pytest.mark.anyio

HERE, THERE = ip_address("127.0.0.1"), ip_address("127.0.0.2")


@dataclass(slots=True)
class Names:
    """A resolver whose answers change: the last one stays."""

    answers: list[Sequence[str]]
    asked: list[str] = field(default_factory=list)

    async def __call__(self, host: str, _port: int) -> Sequence[str]:
        """The next answer."""
        self.asked.append(host)
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if not found:
            raise OSError
        return found


def only_here(address: Address) -> bool:
    """Takes one loopback address for public and everything else for private."""
    return address == HERE


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """Listens at what the tests take for a public address."""
    async with receiving("127.0.0.1") as running:
        yield running


async def send(outgoing: Outgoing, url: str, *, seconds: float = 5, keep: int = 8) -> Reply:
    """Send something small."""
    return await outgoing.post(url, content=b"{}", headers={"X-A": "b"}, seconds=seconds, keep=keep)


async def test_the_name_s_own_host_header_goes_to_the_address_that_was_looked_at(
    receiver: Receiver,
) -> None:
    names = Names([["127.0.0.1"]])
    outgoing = Outgoing(allow_http=True, resolving=names, allows=only_here)
    receiver.will_answer(200, b"0123456789")

    reply = await send(outgoing, f"http://hooks.example:{receiver.port}/a?b=c")

    assert reply == Reply(200, b"01234567")
    [request] = receiver.received
    assert request.path == "/a?b=c"
    assert request.headers["host"] == f"hooks.example:{receiver.port}"
    assert request.headers["x-a"] == "b"
    assert request.body == b"{}"
    assert names.asked == ["hooks.example"]
    await outgoing.aclose()


async def test_a_name_that_means_something_else_a_moment_later_is_refused_then(
    receiver: Receiver,
) -> None:
    names = Names([["127.0.0.1"], ["127.0.0.2"]])
    outgoing = Outgoing(allow_http=True, resolving=names, allows=only_here)
    url = f"http://hooks.example:{receiver.port}/"

    await send(outgoing, url)
    assert names.asked == ["hooks.example"]
    with pytest.raises(AddressRefused, match="not on the public internet"):
        await send(outgoing, url)

    assert len(receiver.received) == 1
    await outgoing.aclose()


async def test_one_private_address_among_public_ones_is_enough_to_refuse(
    receiver: Receiver,
) -> None:
    for found in (["127.0.0.1", "127.0.0.2"], ["127.0.0.1", "::1"], ["::ffff:10.0.0.1"]):
        outgoing = Outgoing(allow_http=True, resolving=Names([found]), allows=only_here)
        with pytest.raises(AddressRefused):
            await send(outgoing, f"http://hooks.example:{receiver.port}/")
    assert receiver.received == []


async def test_a_redirect_is_an_answer_and_is_not_followed(receiver: Receiver) -> None:
    outgoing = Outgoing(allow_http=True, resolving=Names([["127.0.0.1"]]), allows=only_here)
    receiver.will_answer(307, Location=f"http://127.0.0.1:{receiver.port}/secret")

    assert (await send(outgoing, f"http://hooks.example:{receiver.port}/")).status == 307
    assert [request.path for request in receiver.received] == ["/"]


async def test_no_cookie_of_one_answer_is_sent_with_the_next_request(receiver: Receiver) -> None:
    outgoing = Outgoing(allow_http=True, resolving=Names([["127.0.0.1"]]), allows=only_here)
    receiver.will_answer(200, Set_Cookie="a=b")

    for _ in range(2):
        await send(outgoing, f"http://hooks.example:{receiver.port}/")

    assert "cookie" not in receiver.received[1].headers


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.0.0.1/",
        "https://0177.0.0.1/",
        "https://127.0.0.1./",
        "https://10.0.0.8/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::1]/",
        "https://[::]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:7f00:1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://[fe80::1%25eth0]/",
        "https://[fd00:ec2::254]/",
        "https://user@hooks.example/",
        "https://user:pass@hooks.example/",
        "https://hooks.example@127.0.0.1/",
        "https://hooks.example\\@127.0.0.1/",
        "https://127.0.0.1\\@hooks.example/",
        "https://@127.0.0.1/",
        "https://hooks.example#@127.0.0.1/",
        "https://hooks.example /",
        "https://hooks.example\r\nHost: x/",
        "https://hooks..example/",
        "https://hooks.example/\u202efdp.exe",
        "https://hooks.example/\u200b",
        "https://hooks.example:0/",
        "https://hooks.example:65536/",
        "https://hooks.example:-1/",
        "https://8.8.8.8:99999/",
        "https://%31%32%37.0.0.1/",
        "https:///path",
        "https://",
        "http://hooks.example/",
        "ftp://hooks.example/",
        "file:///etc/passwd",
        "//hooks.example/",
        "hooks.example",
        "",
        f"https://hooks.example/{'a' * 2000}",
    ],
)
async def test_addresses_that_are_private_or_tricks_are_refused_before_anything_is_asked(
    url: str,
) -> None:
    names = Names([["127.0.0.1"]])
    outgoing = Outgoing(resolving=names)

    with pytest.raises(AddressRefused):
        outgoing.check(url)
    with pytest.raises(AddressRefused):
        await send(outgoing, url)

    assert names.asked == []


@pytest.mark.parametrize("found", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "fd00::1"])
async def test_a_name_with_a_private_address_is_refused(found: str, receiver: Receiver) -> None:
    names = Names([[found]])
    with pytest.raises(AddressRefused, match="not on the public internet"):
        await send(Outgoing(resolving=names), f"https://localhost:{receiver.port}/")
    assert names.asked == ["localhost"]


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example/a/b?c=d",
        "https://hooks.example:8443/",
        "https://hooks.example:65535/",
        "https://HOOKS.example./",
        "https://hööks.example/",
        "https://8.8.8.8/",
        "https://[2606:4700:4700::1111]/",
        "https://3com.example/",
        "https://a_b.example/",
    ],
)
async def test_usual_addresses_are_taken(url: str) -> None:
    Outgoing().check(url)


async def test_private_addresses_and_http_are_called_where_that_is_allowed(
    receiver: Receiver,
) -> None:
    outgoing = Outgoing(allow_private=True, allow_http=True)
    assert (await send(outgoing, f"http://127.0.0.1:{receiver.port}/")).status == 204
    assert (await send(outgoing, f"http://localhost:{receiver.port}/")).status == 204


async def test_what_does_not_answer_says_why(receiver: Receiver) -> None:
    outgoing = Outgoing(allow_private=True, allow_http=True, resolving=Names([[]]))
    with pytest.raises(NoAnswer, match="no address"):
        await send(outgoing, "http://hooks.example/")

    outgoing = Outgoing(allow_private=True, allow_http=True)
    receiver.answers += [None, b"SMTP at your service\r\n\r\n"]
    with pytest.raises(NoAnswer, match=r"no answer within 0\.2 s"):
        await send(outgoing, f"http://127.0.0.1:{receiver.port}/", seconds=0.2)
    with pytest.raises(NoAnswer, match="not HTTP"):
        await send(outgoing, f"http://127.0.0.1:{receiver.port}/")
    with pytest.raises(NoAnswer, match="nobody listens"):
        await send(outgoing, "http://127.0.0.1:9/")


async def test_what_nobody_foresaw_is_no_answer_too() -> None:
    async def resolving(_host: str, _port: int) -> Sequence[str]:
        raise OverflowError

    outgoing = Outgoing(allow_http=True, resolving=resolving)
    with pytest.raises(NoAnswer, match="could not be made"):
        await send(outgoing, "http://hooks.example/")


async def test_another_address_of_a_name_is_tried_when_the_first_is_down(
    receiver: Receiver,
) -> None:
    names = Names([["127.0.0.2", "127.0.0.1"]])
    outgoing = Outgoing(allow_private=True, allow_http=True, resolving=names)
    assert (await send(outgoing, f"http://hooks.example:{receiver.port}/")).status == 204


async def test_an_endless_answer_is_cut(receiver: Receiver) -> None:
    outgoing = Outgoing(allow_private=True, allow_http=True)
    receiver.answers.append(b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n" + b"x" * 99)
    reply = await send(outgoing, f"http://127.0.0.1:{receiver.port}/")
    assert reply == Reply(200, b"x" * 8)


def certificate(directory: Path, name: str) -> Path:
    """A certificate for a name that signs itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = directory / f"{name}.pem"
    written = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(written + made.public_bytes(serialization.Encoding.PEM))
    return path


async def test_tls_is_spoken_with_the_name_at_the_address(tmp_path: Path) -> None:
    path = await asyncio.to_thread(certificate, tmp_path, "hooks.example")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(path)
    asked: list[str | None] = []
    tls.sni_callback = lambda _socket, name, _context: asked.append(name)
    trusting = ssl.create_default_context(cafile=str(path))
    names = Names([["127.0.0.1"]])
    async with receiving(tls=tls) as receiver:
        outgoing = Outgoing(resolving=names, allows=only_here, tls=trusting)
        assert (await send(outgoing, f"https://hooks.example:{receiver.port}/")).status == 204
        with pytest.raises(NoAnswer, match="certificate"):
            await send(outgoing, f"https://other.example:{receiver.port}/")
        assert receiver.received[0].headers["host"] == f"hooks.example:{receiver.port}"
        assert len(receiver.received) == 1
    assert asked == ["hooks.example", "other.example"]
