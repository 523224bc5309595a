"""Whether a timestamp token was signed with a certificate's key (RFC 5652, section 5.4). Pure.

`rfc3161-client` follows a signature to a root; what a token's own certificate signed, where no
root is known, it cannot say. So the few fields that takes are read here.
"""

from __future__ import annotations

import hashlib
from typing import Any, NamedTuple

_HASHES = {
    "608648016503040201": "sha256",
    "608648016503040202": "sha384",
    "608648016503040203": "sha512",
}
_MESSAGE_DIGEST = bytes.fromhex("2a864886f70d010904")
_PSS = bytes.fromhex("2a864886f70d01010a")
_ATTRIBUTES, _SET = 0xA0, 0x31


class Unsound(ValueError):
    """A token that is not what it should be; the text goes on from its name."""


class _Node(NamedTuple):
    """A value in DER: its tag, what is in it, and all of it."""

    tag: int
    content: bytes
    whole: bytes


def is_signed_by(token: bytes, certificate: Any) -> bool:
    """Return whether the one signature of `token`, a ContentInfo, is by the key of `certificate`.

    Raises Unsound for what is signed in a way that is not known here; for what is no token at all,
    whatever reading it raises.
    """
    signed_data = _children(_children(_children(_node(token))[1])[0])
    content = _children(_children(signed_data[2])[1])[0].content
    (signer,) = (_children(node) for node in _children(signed_data[-1]))
    algorithm, attributes, how, signature = signer[2], signer[3], signer[4], signer[5]
    if attributes.tag != _ATTRIBUTES or _children(how)[0].content == _PSS:
        raise Unsound("is signed in a way that is not known here")
    name = hash_of(_children(algorithm)[0].content)
    digests = [
        _children(_children(one)[1])[0].content
        for one in _children(attributes)
        if _children(one)[0].content == _MESSAGE_DIGEST
    ]
    if digests != [hashlib.new(name, content).digest()]:
        return False
    # The signature covers the attributes as the SET they are, not under the tag they stand with.
    said = bytes([_SET]) + attributes.whole[1:]
    return _verifies(certificate.public_key(), signature.content, said, name)


def hash_of(identifier: bytes) -> str:
    """Return the name of a hash by its object identifier in DER; Unsound for what is none of
    SHA-2.
    """
    if identifier.hex() not in _HASHES:
        raise Unsound("is made with a hash that is not known here")
    return _HASHES[identifier.hex()]


def _verifies(key: Any, signature: bytes, message: bytes, name: str) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

    kind = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}[name]
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, message, padding.PKCS1v15(), kind)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, message, ec.ECDSA(kind))
        else:
            raise Unsound("is signed in a way that is not known here")
    except InvalidSignature:
        return False
    return True


def _node(data: bytes) -> _Node:
    """Return the value that `data` begins with."""
    if len(data) < 2:
        raise ValueError("ends too early")
    length, start = data[1], 2
    if length & 0x80:
        start += length & 0x7F
        length = int.from_bytes(data[2:start])
    if start + length > len(data):
        raise ValueError("ends too early")
    return _Node(data[0], data[start : start + length], data[: start + length])


def _children(node: _Node) -> list[_Node]:
    found, rest = [], node.content
    while rest:
        found.append(_node(rest))
        rest = rest[len(found[-1].whole) :]
    return found
