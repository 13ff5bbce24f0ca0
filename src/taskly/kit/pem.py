"""Private keys as text."""

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key


def rsa_private_key(text: str) -> str:
    """An RSA key as PEM, with its line ends where a variable of the environment has `\\n` for them.

    Raises:
        ValueError: it is none, or has a password.
    """
    pem = text.replace("\\n", "\n").strip() + "\n"
    try:
        is_usable = isinstance(load_pem_private_key(pem.encode(), password=None), RSAPrivateKey)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        is_usable = False
    if not is_usable:
        raise ValueError("must be an RSA private key in PEM, without a password")
    return pem
