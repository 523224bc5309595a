"""Compiled templates, kept where Python keeps the compiled code of this program.

Compiling them is most of what rendering one new page would cost.
"""

from __future__ import annotations

import os
import sys
from importlib.metadata import version
from importlib.util import cache_from_source
from pathlib import Path

from jinja2 import FileSystemBytecodeCache

from tracker.publisher import templating


def keep_compiled() -> None:
    """Have the templates of the site compiled once, or in every run if nothing may be kept."""
    folder = Path(cache_from_source(__file__)).parent
    if not sys.dont_write_bytecode and os.access(folder, os.W_OK):
        templating.ENVIRONMENT.bytecode_cache = _Compiled(str(folder), "%s.jinja")


class _Compiled(FileSystemBytecodeCache):
    """A cache that tells entries apart by the template, by Jinja and by how it is set up."""

    def get_source_checksum(self, source: str) -> str:
        setup = Path(str(templating.__file__)).read_text("utf-8")
        return super().get_source_checksum(f"{source} {version('Jinja2')} {setup}")
