"""Compiled templates, kept where Python keeps the compiled code of this program.

Compiling them is most of what rendering one new page would cost.
"""

from __future__ import annotations

import os
import sys
from importlib.util import cache_from_source
from pathlib import Path

import jinja2
from jinja2 import FileSystemBytecodeCache

from tracker.publisher import render


def keep_compiled() -> None:
    """Have the templates of the site compiled once; every time, where nothing may be kept."""
    folder = Path(cache_from_source(__file__)).parent
    if not sys.dont_write_bytecode and os.access(folder, os.W_OK):
        render.ENVIRONMENT.bytecode_cache = _Compiled(str(folder), "%s.jinja")


class _Compiled(FileSystemBytecodeCache):
    """Known again by the template and by when what compiles it was last written."""

    def get_source_checksum(self, source: str) -> str:
        made_by = [Path(str(room.__file__)).stat().st_mtime_ns for room in (render, jinja2)]
        return super().get_source_checksum(f"{source} {made_by}")
