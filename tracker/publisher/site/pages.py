"""The pages of the whole site: which there are, and what each is given to show."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from tracker import __version__
from tracker._support.cache import READERS, versions
from tracker.model import Correction, History, Topic, service_of
from tracker.publisher import urls
from tracker.publisher.answers import Reply
from tracker.publisher.data import exports, records
from tracker.publisher.feeds import catalogue
from tracker.publisher.feeds.calendar import FILE as UPCOMING
from tracker.publisher.feeds.calendar import calendar
from tracker.publisher.feeds.formats import FORMATS
from tracker.publisher.feeds.opml import opml
from tracker.publisher.site import answers_page, opt_out
from tracker.publisher.site.answers_page import Asked, Board, Service
from tracker.publisher.site.compare_page import editions, most_told_first
from tracker.publisher.site.context import PageContext, Pages, file
from tracker.publisher.site.listing import ListEntry, ListPage, list_pages, orphaned_corrections
from tracker.publisher.site.opt_out import OptOut
from tracker.publisher.site.search import index_files
from tracker.publisher.summaries import DocumentSummary
from tracker.publisher.words import iso

_ON_THE_FRONT = 25
_SIGNATURE = "\n\n\u2014 "  # how one begins in a checkpoint
_ASSETS = """style.css feed.css site.js search.js compare.js redline.js fonts/LICENSE.txt
    fonts/source-serif-4.woff2 fonts/plex-sans-condensed-400.woff2
    fonts/plex-sans-condensed-600.woff2""".split()


def pages(frame: PageContext, abstracts: Sequence[DocumentSummary]) -> Pages:
    """Yield every page and file that is of no single document, by its path under the published
    root.
    """
    ways = [way for abstract in abstracts for way in abstract.ways]
    now = _Now(frame, [reply for abstract in abstracts for reply in abstract.replies], ways)
    yield from _front(frame, now)
    for topic in frame.topics:
        yield _topic(frame, topic, now)
    yield from now.pages()
    yield frame.page("opt-out/", "optout.html", services=opt_out.directory(ways, frame.topics))
    yield _compare(frame, abstracts)
    yield frame.page("search/", "search.html")
    yield from index_files(abstract.search for abstract in abstracts)
    yield from _data(frame, abstracts)
    yield from _prose(frame)
    yield "feeds.opml", opml(frame.feeds, frame.base)
    yield UPCOMING, calendar(frame.entries, frame.base)
    yield from _machines(frame)


class _Now:
    """What the texts say now, as the front page, topics, services and editions show it."""

    def __init__(self, frame: PageContext, found: Sequence[Reply], ways: Sequence[OptOut]) -> None:
        self._frame = frame
        self._found = found
        self.news = [e for e in frame.entries if e.revision.significance.is_news]
        self.services = answers_page.services(found, ways)
        self.editions = [
            (answers_page.edition_title(name), urls.edition_page(name))
            for name in answers_page.editions(found)
        ]

    def board(self, topic: Topic) -> Board:
        """Set out the questions of a topic by all audiences."""
        return answers_page.board(self._found, [topic])

    def questions(self) -> list[Asked]:
        """List every question with the revision that changed an answer last."""
        return list(answers_page.latest(self.news, self._frame.topics))

    def pages(self) -> Pages:
        """Yield the pages of services and of editions."""
        for service in self.services:
            yield self._service(service)
        for edition in answers_page.editions(self._found):
            mine = answers_page.for_edition(self._found, edition)
            yield self._frame.page(
                urls.edition_page(edition),
                "now.html",
                title=answers_page.edition_title(edition),
                board=answers_page.board(mine, self._frame.topics),
                editions=self.editions,
                services=self.services,
            )

    def _service(self, service: Service) -> tuple[str, bytes]:
        frame = self._frame
        texts = [h for h in frame.histories if service_of(h.document.id) == service.slug]
        own = {history.document.id for history in texts}
        return frame.page(
            urls.service_page(service.slug),
            "service.html",
            service=service,
            texts=texts,
            board=answers_page.board(service.replies, frame.topics, of_one=True),
            news=[e for e in self.news if e.revision.document in own][:_ON_THE_FRONT],
            has_feed=service.slug in catalogue.services(frame.histories, frame.topics),
            exchanged={
                reply.history.document.id: reply.read_since
                for reply in service.replies
                if reply.read_since
            },
        )


def _front(frame: PageContext, now: _Now) -> Pages:
    yield frame.page(
        "",
        "index.html",
        news=now.news[:_ON_THE_FRONT],
        coming=_coming(frame),
        latest={topic.id: _latest(now.news, topic) for topic in frame.topics},
        questions=now.questions(),
        editions=now.editions,
        services=now.services,
        is_read=any(history.versions for history in frame.histories),
    )
    leaf, *_ = all_changes(frame)
    yield frame.page(leaf.path, "changes.html", leaf=leaf)


def _latest(news: Sequence[ListEntry], topic: Topic) -> ListEntry | None:
    return next((e for e in news if topic.id in e.revision.topics), None)


def _coming(frame: PageContext) -> list[ListEntry]:
    """Return what applies only after the newest text we know was first seen; no clock is asked."""
    seen = [v.first_seen for h in frame.histories for v in h.versions]
    known = max(seen).date() if seen else None
    dated = [e for e in frame.entries if e.revision.significance.is_news and e.revision.effective]
    coming = [(e.revision.effective, e) for e in dated]
    later = [(day, e) for day, e in coming if known and day and day > known]
    return [e for _, e in sorted(later, key=lambda row: (row[0], row[1].page))]


def _topic(frame: PageContext, topic: Topic, now: _Now) -> tuple[str, bytes]:
    leaf, *_ = changes_about(frame, topic)
    return frame.page(
        leaf.path,
        "topic.html",
        topic=topic,
        leaf=leaf,
        board=now.board(topic),
        editions=now.editions,
        services=now.services,
    )


def all_changes(frame: PageContext) -> tuple[ListPage, ...]:
    """Return the pages of the list of everything."""
    return list_pages("changes/", frame.entries)


def changes_about(frame: PageContext, topic: Topic) -> tuple[ListPage, ...]:
    """Return the pages of the list of a topic."""
    mine = [e for e in frame.entries if topic.id in e.revision.topics]
    return list_pages(urls.topic_page(topic), mine)


def older(frame: PageContext) -> Iterator[tuple[ListPage, Callable[[], Pages]]]:
    """Yield the pages of long lists but for the newest of each, and what makes one."""
    lists = [("All changes", all_changes(frame))]
    lists += [(topic.title, changes_about(frame, topic)) for topic in frame.topics]
    for title, (_, *rest) in lists:
        for leaf in rest:
            yield leaf, partial(_older, frame, title, leaf)


def _older(frame: PageContext, title: str, leaf: ListPage) -> Pages:
    yield frame.page(leaf.path, "older.html", title=title, leaf=leaf)


def _compare(frame: PageContext, abstracts: Sequence[DocumentSummary]) -> tuple[str, bytes]:
    shelves = most_told_first(abstract.shelf for abstract in abstracts)
    worth = {shelf.document: n for n, shelf in enumerate(shelves)}
    found = [*editions(frame.histories), *(end for a in abstracts for end in a.ends)]
    # Stable: editions of a text come before its first and last version.
    suggested = sorted(found, key=lambda one: worth.get(one.older.rpartition("/")[0], 0))
    return frame.page("compare/", "compare.html", shelves=shelves, suggestions=suggested)


def _data(frame: PageContext, abstracts: Sequence[DocumentSummary]) -> Pages:
    found = [abstract.export for abstract in abstracts]
    said = [reply for abstract in abstracts for reply in abstract.replies]
    tables, told = exports.tables(found), exports.ordered(found)
    yield "data/changes.csv", exports.as_csv(tables[0])
    yield "data/changes.jsonl", exports.as_json_lines(line for t in told for line in t.lines)
    yield "data/changes.places.json", exports.addresses(told)
    yield "data/now.jsonl", exports.as_json_lines(_said(said, frame))
    if frame.lent.database:
        yield "data/changes.sqlite", frame.lent.database(tables)
    has_database = frame.lent.database is not None
    yield frame.page("data/", "data.html", tables=tables, has_database=has_database)


def _said(found: Sequence[Reply], frame: PageContext) -> Iterator[str]:
    for record in records.in_force(found, frame.topics, frame.base):
        del record["last_seen"]  # which every visit changes
        yield exports.json_line(record)


def _prose(frame: PageContext) -> Pages:
    yield frame.page("about/", "about.html")
    yield frame.page("subscribe/", "subscribe.html", groups=frame.feeds, formats=FORMATS)
    lost = orphaned_corrections(frame.corrections, frame.histories)
    corrected: list[tuple[Correction, ListEntry | None]] = [(c, None) for c in lost]
    corrected += [(c, None) for c in frame.corrections if c.verdict]
    corrected += [(c, e) for e in frame.entries for c in e.corrections]
    corrected.sort(key=lambda row: row[0].date, reverse=True)
    yield frame.page("corrections/", "corrections.html", corrected=corrected)
    # A missing page is shown at whatever depth was asked for.
    root = frame.base if frame.is_public else "/"
    yield "404.html", frame.render("404.html", "404.html", root=root)


def status(frame: PageContext, others: Sequence[History] = ()) -> Pages:
    """Make the pages that change with every visit; `frame` holds how the documents stand now.

    `others` have no page.
    """
    rows = records.status([*frame.histories, *others])
    lent = frame.lent
    yield frame.page(
        "status/",
        "status.html",
        rows=rows,
        unpublished={other.document.id for other in others},
        checkpoint=lent.checkpoint,
        signed=_SIGNATURE in lent.checkpoint,
        timestamp=lent.timestamp,
        given_up=lent.given_up,
        program=__version__,
        readers=versions(READERS),
    )
    if lent.given_up:
        forks = [
            {"accepted": iso(one.accepted), "captures": one.size, "root": one.root}
            for one in lent.given_up
        ]
        rows = [row | {"forks": forks} for row in rows]
    yield "status.json", f"{json.dumps(rows, ensure_ascii=True, indent=1)}\n".encode()


def _machines(frame: PageContext) -> Pages:
    yield "changes.schema.json", file("data/changes.schema.json")
    for name in _ASSETS:
        yield f"assets/{name}", file(f"assets/{name}")
    robots = "User-agent: *\nAllow: /\n"
    if frame.is_public:
        robots += f"Sitemap: {frame.base}sitemap.xml\n"
        yield "sitemap.xml", _sitemap(frame)
    yield "robots.txt", robots.encode()


def _sitemap(frame: PageContext) -> bytes:
    paths = ["", "changes/", "search/", "opt-out/", "compare/", "data/", "about/", "corrections/"]
    paths += ["subscribe/", *(urls.topic_page(t) for t in frame.topics)]
    paths += [leaf.path for leaf, _ in older(frame)]
    paths += [urls.document_page(h.document.id) for h in frame.histories]
    known = [h.document for h in frame.histories if h.versions]
    if any(topic.questions for topic in frame.topics):
        paths += sorted({urls.service_page(service_of(document.id)) for document in known})
        paths += sorted({urls.edition_page(document.edition) for document in known})
    paths += [e.page for e in frame.entries]
    paths += [urls.version_page(v) for h in frame.histories for v in h.versions]
    previews = (e.revision.after for e in frame.entries if e.revision.after.is_preview)
    paths += map(urls.version_page, previews)
    return frame.render("", "sitemap.xml", paths=paths)
