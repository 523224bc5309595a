"""The one key that signs checkpoints: made on first use, readable by its owner alone.

Signing needs the `cryptography` package (`pip install 'terms-tracker[sign]'`); without it
checkpoints are published unsigned.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from tracker.errors import ArchiveError


@dataclass(frozen=True, slots=True)
class Key:
    """An Ed25519 key pair as raw bytes."""

    seed: bytes
    public: bytes

    def sign(self, message: bytes) -> bytes:
        """Return the 64 bytes of a signature; the same message always gives the same ones."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(message)


def can_sign() -> bool:
    """Return whether signatures can be made and checked in this installation."""
    return find_spec("cryptography") is not None


def load_key(path: Path) -> Key | None:
    """Read the key at `path`; None if there is none. Raises ArchiveError for anything else."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        found = load_pem_private_key(path.read_bytes(), None)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ArchiveError(f"{path}: cannot be read ({error.strerror}).") from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _no_key(path) from error
    if not isinstance(found, Ed25519PrivateKey):
        raise _no_key(path)
    return _pair(found.private_bytes_raw())


def make_key(path: Path) -> Key:
    """Make a new key at `path`, where there must be none; on return it is on disk."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    private = Ed25519PrivateKey.generate()
    text = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    # Beside it first: a key cut short by a full disk would stand in the way of every publication.
    fresh = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.link(fresh, path)  # not a rename: a key that is there is never replaced
    except OSError as error:
        raise ArchiveError(f"{path}: cannot be written ({error.strerror}).") from error
    with suppress(OSError):  # the key is there from now on, whatever becomes of its other name
        fresh.unlink()
    return _pair(private.private_bytes_raw())


def is_signed_by(public: bytes, signature: bytes, message: bytes) -> bool:
    """Return whether a signature of `message` was made with the private half of `public`."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _pair(seed: bytes) -> Key:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    return Key(seed, public)


def _no_key(path: Path) -> ArchiveError:
    return ArchiveError(
        f"{path}: is not an Ed25519 private key in PEM; bring back the one that was there, "
        "or move it away and a new one is made."
    )
