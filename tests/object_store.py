"""A store that speaks the protocol of S3, on loopback, and what an operator says of a store."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from tracker.app.workspace import bodies_by
from tracker.archive.object_store import ObjectStore
from tracker.config.settings import load

BUCKET = "terms"
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "someone",
    "AWS_SECRET_ACCESS_KEY": "loopback only",
    "AWS_DEFAULT_REGION": "us-east-1",
}
#: Not to wait for a store that is not there as long as for one that is far away.
IMPATIENT = "config_kwargs = { connect_timeout = 1, retries = { total_max_attempts = 1 } }"


@contextmanager
def s3_server() -> Iterator[str]:
    """The address of a server with an empty bucket; its credentials are in the environment."""
    for name in ("fsspec", "s3fs", "flask_cors"):
        pytest.importorskip(name, reason=f"{name} is not installed")
    moto = pytest.importorskip("moto.server", reason="moto is not installed")
    server: Any = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    with patch.dict(os.environ, CREDENTIALS):
        server.start()
        try:
            host, port = server.get_host_and_port()
            address = f"http://{host}:{port}"
            _files(address).mkdir(BUCKET)
            yield address
        finally:
            server.stop()


def _files(address: str) -> Any:
    from s3fs import S3FileSystem

    return S3FileSystem(endpoint_url=address)


def say_store(root: Path, url: str, endpoint: str = "") -> None:
    """Write a store into the settings of `root`; an empty `url` takes it out."""
    options = f"[bodies_options.s3]\nendpoint_url = {json.dumps(endpoint)}\n{IMPATIENT}\n"
    text = f"bodies = {json.dumps(url)}\n{options if endpoint else ''}"
    file = root / "data" / "settings.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def store_of(root: Path) -> ObjectStore:
    found = bodies_by(load(root / "data").settings)
    assert found
    return found
