"""A time-stamping authority on loopback: `openssl ts -reply` behind a real HTTP server."""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType

import pytest

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


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Says nothing of those who hang up on it: a test reads what our program says."""


class Authority:
    """Answers with timestamps; `answer` may be exchanged for one that lies.

    It makes its keys in `folder`; `root` is the certificate of its CA.
    """

    def __init__(self, folder: Path) -> None:
        if shutil.which("openssl") is None:
            pytest.skip("there is no openssl on this system")
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self.root = folder / "ca.pem"
        self._make()
        self.answer: Callable[[bytes], tuple[int, bytes]] = lambda asked: (200, self.stamp(asked))
        self.asked: list[tuple[str, str, bytes]] = []
        self._server = _Server(("127.0.0.1", 0), self._handler())
        self.entry = f"127.0.0.1:{self._server.server_port}"
        self.url = f"http://{self.entry}/tsr"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def __enter__(self) -> Authority:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

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

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        authority = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                authority.asked.append((self.path, self.headers["Content-Type"], body))
                status, said = authority.answer(body)
                self.send_response(status)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                with suppress(OSError):  # an answer that is too long is not listened to
                    self.wfile.write(said)

            def do_GET(self) -> None:
                authority.asked.append((self.path, "", b""))
                self.send_error(404)

            def log_message(self, *_: object) -> None:
                """Keeps quiet."""

        return Handler
