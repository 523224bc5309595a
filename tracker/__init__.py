"""Terms Tracker: what terms of service say about AI and advertising, and what changed.

For Python programs, this package offers what its commands are made of:

```python
from pathlib import Path

import tracker

workspace = tracker.open_workspace(Path("."))
for visit in tracker.fetch(workspace):
    print(visit.document.id, "failed" if visit.failed else "good")
print(tracker.publish(workspace).changed, "files changed")

for history in tracker.histories(workspace):
    if history.revisions:
        first, last = history.versions[0], history.versions[-1]
        revision = tracker.compare(first, last, workspace.topics)
        print(history.document.id, revision.significance.value, len(revision.changes))

for tag in tracker.topics_of("We may train our models on your posts.", workspace.topics):
    print(tag.topic, tag.words)
```

Stable from version 0.2 on are the names in `__all__`, the parameters of the functions, and the
fields of the nouns, which are frozen values described in `tracker.model`. A minor version may add
names, optional parameters and fields with defaults; what has to go is named in the changelog one
minor version before. Nouns are for reading: a program that builds them names their fields. Every
other module of this package may change at any time. Errors are `TrackerError` and its kinds in
`tracker.errors`, each one sentence for people.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker._support.lazy import lazy_names

__version__ = "0.2.0"

if TYPE_CHECKING:
    from tracker.app.api import compare, fetch, histories, open_workspace, publish, topics_of
    from tracker.app.app import App
    from tracker.app.progress import Progress
    from tracker.app.publish import Published
    from tracker.app.visits import Visit
    from tracker.errors import TrackerError
    from tracker.model import (
        Capture,
        Change,
        Clause,
        Document,
        History,
        Kind,
        Outcome,
        Revision,
        Significance,
        Source,
        Standing,
        Tag,
        Topic,
        Version,
    )
else:
    __getattr__ = lazy_names(
        __name__,
        {
            **dict.fromkeys(
                "compare fetch histories open_workspace publish topics_of".split(), "app.api"
            ),
            "App": "app.app",
            "Progress": "app.progress",
            "Published": "app.publish",
            "TrackerError": "errors",
            "Visit": "app.visits",
            **dict.fromkeys(
                (
                    "Capture Change Clause Document History Kind Outcome Revision Significance "
                    "Source Standing Tag Topic Version"
                ).split(),
                "model",
            ),
        },
    )

__all__ = [
    "App",
    "Capture",
    "Change",
    "Clause",
    "Document",
    "History",
    "Kind",
    "Outcome",
    "Progress",
    "Published",
    "Revision",
    "Significance",
    "Source",
    "Standing",
    "Tag",
    "Topic",
    "TrackerError",
    "Version",
    "Visit",
    "__version__",
    "compare",
    "fetch",
    "histories",
    "open_workspace",
    "publish",
    "topics_of",
]
