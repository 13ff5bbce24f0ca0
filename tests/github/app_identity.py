"""A GitHub App with a key of its own."""

from functools import cache

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from taskly.github.remote.identity import AppIdentity


@cache
def private_key() -> rsa.RSAPrivateKey:
    """Made once, because that takes a while."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem() -> str:
    """The key as GitHub hands it out."""
    return (
        private_key()
        .private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
        .decode()
    )


def identity() -> AppIdentity:
    """An app."""
    return AppIdentity(5, "taskly", pem(), "the-secret")
