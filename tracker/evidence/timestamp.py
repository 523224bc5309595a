"""Timestamps of checkpoints by an authority (RFC 3161). Pure, but for a nonce.

Needs the `rfc3161-client` package (`pip install 'terms-tracker[timestamp]'`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from typing import Any

from tracker.errors import NotStamped
from tracker.evidence.cms import Unsound, is_signed_by

#: What a question is sent as.
MEDIA = "application/timestamp-query"
_SHA256 = "2.16.840.1.101.3.4.2.1"


@dataclass(frozen=True, slots=True)
class Question:
    """A request to an authority for `text`, as sent; `nonce` ties the response to it."""

    text: bytes
    data: bytes
    nonce: int


@dataclass(frozen=True, slots=True)
class VerifiedTimestamp:
    """What a token says: when it was given, by whom, and with which certificate (PEM)."""

    time: datetime
    authority: str
    certificate: bytes
    nonce: int | None


def can_stamp() -> bool:
    """Return whether timestamps can be requested and checked in this installation."""
    return find_spec("rfc3161_client") is not None


def question(text: bytes) -> Question:
    """Make a request to an authority for `text`; each has a nonce of its own."""
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    built = TimestampRequestBuilder().data(text).hash_algorithm(HashAlgorithm.SHA256).build()
    return Question(text, built.as_bytes(), built.nonce or 0)


def answered(asked: Question, token: bytes, authorities: bytes | None) -> VerifiedTimestamp:
    """Return what an authority answered; NotStamped where that is no timestamp of what was
    asked.
    """
    try:
        seal = sealed(asked.text, token, authorities)
    except Unsound as error:
        raise NotStamped(f"what the authority sent {error}") from error
    if seal.nonce != asked.nonce:
        raise NotStamped("what the authority sent answers another question")
    return seal


def sealed(text: bytes, token: bytes, authorities: bytes | None = None) -> VerifiedTimestamp:
    """Return what a token (a TimeStampResp) says about `text`, once it is found to be sound.

    It must be signed by the certificate it brings along and, where `authorities` are given (CA
    certificates in PEM), by one that leads to them. Raises Unsound for any other.
    """
    from rfc3161_client import decode_timestamp_response

    with _foreign("is no timestamp"):
        response = decode_timestamp_response(token)
        status, said = response.status, response.status_string
    if status != 0:
        raise Unsound(f"is a refusal ({'; '.join(said) or f'status {status}'})")
    with _foreign("is no timestamp"):
        seal, signer = _seal(response)
        imprint, whole = response.tst_info.message_imprint, response.time_stamp_token()
    if (imprint.hash_algorithm.dotted_string, imprint.message) != (_SHA256, _imprint(text)):
        raise Unsound("is a timestamp of something else")
    with _foreign("is not signed as a timestamp is"):
        if not is_signed_by(whole, signer) or not _may_stamp(signer, seal.time):
            raise Unsound("is not signed by a certificate for timestamps that it brings along")
    if authorities is not None:
        _led_to(response, text, authorities)
    return seal


@contextmanager
def _foreign(problem: str) -> Iterator[None]:
    """Whatever foreign bytes raise in a foreign library means one thing."""
    try:
        yield
    except Unsound:
        raise
    except Exception as error:
        raise Unsound(problem) from error


def _imprint(text: bytes) -> bytes:
    return hashlib.sha256(text).digest()


def _seal(response: Any) -> tuple[VerifiedTimestamp, Any]:
    """Return what a response says, and the certificate it names as its signer's."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    (who,) = response.signed_data.signer_infos
    brought = map(x509.load_der_x509_certificate, sorted(response.signed_data.certificates))
    named = (who.issuer, who.serial_number)
    signer = next(c for c in brought if (c.issuer, c.serial_number) == named)
    said = response.tst_info
    time = said.gen_time.astimezone(UTC)
    return VerifiedTimestamp(
        time, _called(signer), signer.public_bytes(Encoding.PEM), said.nonce
    ), signer


def _called(certificate: Any) -> str:
    """Return whose certificate it is, in words; they are the authority's own."""
    from cryptography.x509 import NameOID

    kinds = (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME)
    found = [a.value for kind in kinds for a in certificate.subject.get_attributes_for_oid(kind)]
    return ", ".join(map(str, found)) or certificate.subject.rfc4514_string() or "no name"


def _may_stamp(certificate: Any, time: datetime) -> bool:
    """Return whether a certificate is for timestamps, and was valid at a time."""
    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID

    usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    meant = usage.critical and ExtendedKeyUsageOID.TIME_STAMPING in usage.value
    return bool(
        meant and certificate.not_valid_before_utc <= time <= certificate.not_valid_after_utc
    )


def _led_to(response: Any, text: bytes, authorities: bytes) -> None:
    from cryptography import x509
    from rfc3161_client import VerifierBuilder

    with _foreign("cannot be checked: data/timestamp-ca.pem holds no certificates in PEM"):
        roots = x509.load_pem_x509_certificates(authorities)
    with _foreign("is not signed under a certificate in data/timestamp-ca.pem"):
        VerifierBuilder(roots=list(roots)).build().verify_message(response, text)
