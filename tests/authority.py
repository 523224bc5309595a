"""A time-stamping authority on loopback: `openssl ts -reply` behind a real HTTP server."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from tests.servers import Loopback, send

NAME = "Time <b>1</b>, Harbour Trust"
_CONFIGURATION = """
[tsa]
default_tsa = here
[here]
serial = serial
signer_cert = tsa.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
ess_cert_id_alg = sha256
"""


class Authority(Loopback):
    """Answers with timestamps; `reply` may be exchanged for one that lies.

    It makes its keys in `folder`; `root` is the certificate of its CA.
    """

    def __init__(self, folder: Path) -> None:
        if shutil.which("openssl") is None:
            pytest.skip("there is no openssl on this system")
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self.root = folder / "ca.pem"
        self._make()
        self.reply: Callable[[bytes], tuple[int, bytes]] = lambda asked: (200, self.stamp(asked))
        self.asked: list[tuple[str, str, bytes]] = []
        super().__init__()
        self.url = f"http://{self.entry}/tsr"

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        media = handler.headers.get("Content-Type", "")
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        self.asked.append((handler.path, media, body))
        if handler.command == "GET":
            handler.send_error(404)
            return
        status, said = self.reply(body)
        send(handler, status, {"Content-Type": "application/timestamp-reply"}, said)

    def stamp(self, asked: bytes) -> bytes:
        """The timestamp for a question."""
        (self._folder / "question.tsq").write_bytes(asked)
        self._openssl("ts -reply -config tsa.conf -queryfile question.tsq -out answer.tsr")
        return (self._folder / "answer.tsr").read_bytes()

    def _make(self) -> None:
        key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
        (self._folder / "tsa.conf").write_text(_CONFIGURATION)
        (self._folder / "serial").write_text("01\n")
        (self._folder / "use").write_text("extendedKeyUsage=critical,timeStamping\n")
        self._openssl(f"req -x509 {key} -keyout ca.key -out ca.pem -days 9", "/CN=Harbour Root")
        subject = "/O=Harbour Trust/CN=Time <b>1<\\/b>"
        self._openssl(f"req {key} -keyout tsa.key -out tsa.csr", subject)
        self._openssl(
            "x509 -req -in tsa.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 9 "
            "-extfile use -out tsa.pem"
        )

    def _openssl(self, line: str, subject: str = "") -> None:
        named = ["-subj", subject] if subject else []
        command = ["openssl", *line.split(), *named]
        subprocess.run(command, cwd=self._folder, check=True, capture_output=True)
