"""Where the reference corpus and the replica are, for tests that skip where they are not.

Neither is part of the repository: the texts belong to the services. `TRACKER_CORPUS` names the
folder that holds `corpus/` and `replica/`; the default is `shared/` beside the checkout.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

PLACE = Path(os.environ.get("TRACKER_CORPUS", Path(__file__).parents[2] / "shared"))
CORPUS = PLACE / "corpus"
REPLICA = PLACE / "replica" / "replica.py"

needs_corpus = pytest.mark.skipif(
    not CORPUS.is_dir(), reason=f"the reference corpus is not at {CORPUS} (set TRACKER_CORPUS)"
)
needs_replica = pytest.mark.skipif(
    not REPLICA.is_file(), reason=f"the replica is not at {REPLICA} (set TRACKER_CORPUS)"
)
