"""One page of HTML that needs nothing else: for a mail, an archive, or a browser at a shell."""

from __future__ import annotations

from collections.abc import Sequence

from tracker.model import History, Revision, Topic, Version
from tracker.publisher import words
from tracker.publisher.headlines import headline
from tracker.publisher.redlines import Row, changed
from tracker.publisher.redlines import whole as all_rows
from tracker.publisher.templating import ENVIRONMENT


def log(histories: Sequence[History], topics: Sequence[Topic]) -> str:
    """Return every revision, newest first, with a line each."""
    rows = [(r, headline(h, r, topics)) for h in histories for r in h.revisions]
    rows.sort(key=lambda row: row[0].order, reverse=True)
    entries = [(r, title, words.summary(r, topics)) for r, title in rows]
    return _page("log", "Revisions", entries=entries)


def show(version: Version) -> str:
    """Return a text as it stood."""
    return _page("show", f"{version.document}: {words.line(version.title)}", version=version)


def diff(revision: Revision, topics: Sequence[Topic]) -> str:
    """Return what changed, clause by clause."""
    title = f"{revision.document}: what changed"
    return _redline("diff", title, revision, topics, changed(revision))


def compare(revision: Revision, topics: Sequence[Topic], *, whole: bool) -> str:
    """Two texts side by side; where they agree only if the `whole` of both is wanted."""
    title = f"{revision.before.document} beside {revision.after.document}"
    rows = all_rows(revision) if whole else changed(revision)
    return _redline("compare", title, revision, topics, rows)


def _redline(
    kind: str, title: str, revision: Revision, topics: Sequence[Topic], rows: Sequence[Row]
) -> str:
    titles = {t.id: t.title for t in topics}
    return _page(kind, title, revision=revision, rows=rows, titles=titles)


def _page(kind: str, title: str, **shown: object) -> str:
    page = ENVIRONMENT.get_template("standalone.html")
    return page.render(kind=kind, title=title, **shown)
