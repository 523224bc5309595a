"""The changelog site: which pages there are, and what each is given to show."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from typing import Any

from tracker.model import Clause, History, Revision, Settings, Topic, Unit, Version
from tracker.publisher import places, records, words
from tracker.publisher.feeds import UNPUBLISHED
from tracker.publisher.redlines import Row, changed, whole
from tracker.publisher.render import ENVIRONMENT
from tracker.publisher.timeline import timeline

_ON_THE_FRONT = 25
Pages = Iterator[tuple[str, bytes]]


class Site:
    """What every page needs to know: the histories, the topics, and where the site lives."""

    def __init__(
        self,
        histories: Sequence[History],
        topics: Sequence[Topic],
        settings: Settings,
        checkpoint: str = "",
    ) -> None:
        self.checkpoint = checkpoint
        self.histories = sorted(histories, key=lambda h: h.document.id)
        self.topics = tuple(topics)
        self.base = settings.site_url or UNPUBLISHED
        self.is_public = bool(settings.site_url)
        rows = [(r, h) for h in self.histories for r in h.revisions]
        rows.sort(key=lambda row: (row[0].first_seen, row[0].document), reverse=True)
        self.entries = [self._entry(r, h) for r, h in rows]

    def _entry(self, revision: Revision, history: History) -> dict[str, Any]:
        """A revision as lists show it."""
        return {
            "revision": revision,
            "history": history,
            "page": places.revision_page(revision),
            "name": words.document_name(history, revision.after.title),
            "headline": words.headline(history, revision, self.topics),
            "summary": words.summary(revision, self.topics),
            "teaser": words.teaser(revision),
            "remark": words.remark(revision, self.topics),
        }

    def pages(self) -> Pages:
        """Every page by its path under the published root."""
        yield from self._front()
        for history in self.histories:
            yield from self._document(history)
        for entry in self.entries:
            yield self._revision(entry)
        for topic in self.topics:
            yield self._topic(topic)
        yield self._page("about/", "about.html")
        yield self._page("subscribe/", "subscribe.html")
        yield "404.html", self._render("404.html", "404.html", root=self._absolute_root())
        yield from self._status()
        yield from self._machines()

    def _absolute_root(self) -> str:
        # A missing page is shown at whatever depth was asked for.
        return self.base if self.is_public else "/"

    def _front(self) -> Pages:
        news = [e for e in self.entries if e["revision"].significance.is_news]
        yield self._page("", "index.html", news=news[:_ON_THE_FRONT], coming=self._coming())
        yield self._page("changes/", "changes.html", entries=self.entries)

    def _coming(self) -> list[dict[str, Any]]:
        """What applies only after the newest text we know was first seen; no clock is asked."""
        seen = [v.first_seen for h in self.histories for v in h.versions]
        known = max(seen).date() if seen else None
        dated = [e for e in self.entries if e["revision"].significance.is_news]
        coming = [e for e in dated if known and (e["revision"].effective or known) > known]
        return sorted(coming, key=lambda e: e["revision"].effective)

    def _document(self, history: History) -> Pages:
        mine = [e for e in self.entries if e["history"] is history]
        yield self._page(
            places.document_page(history.document.id),
            "document.html",
            history=history,
            name=words.document_name(history),
            entries=mine,
            versions=[(v, places.version_page(v)) for v in reversed(history.versions)],
            timeline=timeline(history, self.topics),
        )
        for version in history.versions:
            yield self._version(history, version)

    def _version(self, history: History, version: Version) -> tuple[str, bytes]:
        name = words.document_name(history, version.title)
        return self._page(
            places.version_page(version),
            "version.html",
            history=history,
            version=version,
            name=name,
            clauses=list(_levelled(version.clauses)),
        )

    def _revision(self, entry: Mapping[str, Any]) -> tuple[str, bytes]:
        revision, history = entry["revision"], entry["history"]
        address = self.base + entry["page"]
        return self._page(
            entry["page"],
            "revision.html",
            **entry,
            rows=changed(revision),
            whole=_whole(revision),
            citation=words.citation(history, revision, address),
            before_page=places.version_page(revision.before),
            after_page=places.version_page(revision.after),
            document_page=places.document_page(history.document.id),
        )

    def _topic(self, topic: Topic) -> tuple[str, bytes]:
        mine = [e for e in self.entries if topic.id in e["revision"].topics]
        return self._page(places.topic_page(topic), "topic.html", topic=topic, entries=mine)

    def _status(self) -> Pages:
        rows = records.status(self.histories)
        yield self._page("status/", "status.html", rows=rows, checkpoint=self.checkpoint)
        text = json.dumps(records.status(self.histories), ensure_ascii=True, indent=1)
        yield "status.json", f"{text}\n".encode()

    def _machines(self) -> Pages:
        yield "changes.schema.json", _file("changes.schema.json")
        for name in ("style.css", "feed.css", "site.js"):
            yield f"assets/{name}", _file(f"assets/{name}")
        robots = "User-agent: *\nAllow: /\n"
        if self.is_public:
            robots += f"Sitemap: {self.base}sitemap.xml\n"
            yield "sitemap.xml", self._sitemap()
        yield "robots.txt", robots.encode()

    def _sitemap(self) -> bytes:
        paths = ["", "changes/", "about/", "subscribe/"]
        paths += [places.topic_page(t) for t in self.topics]
        paths += [places.document_page(h.document.id) for h in self.histories]
        paths += [e["page"] for e in self.entries]
        paths += [places.version_page(v) for h in self.histories for v in h.versions]
        text = ENVIRONMENT.get_template("sitemap.xml").render(base=self.base, paths=paths)
        return text.encode()

    def _page(self, path: str, template: str, **context: Any) -> tuple[str, bytes]:
        return f"{path}index.html", self._render(path, template, root=places.up(path), **context)

    def _render(self, path: str, template: str, **context: Any) -> bytes:
        text = ENVIRONMENT.get_template(template).render(
            path=path,
            topics=self.topics,
            titles={t.id: t.title for t in self.topics},
            histories=self.histories,
            document_name=words.document_name,
            document_page=context.pop("document_page", places.document_page),
            canonical=self.base + path if self.is_public else "",
            **context,
        )
        return text.encode("utf-8", "replace")


def _levelled(clauses: Sequence[Clause]) -> Iterator[tuple[Clause, int]]:
    """Clauses with the level of their headings on our page, 0 for what is none.

    The page's own title is above them, and whatever a page does, no level is left out.
    """
    last = 1
    for clause in clauses:
        if clause.unit is not Unit.HEADING:
            yield clause, 0
            continue
        last = min(2 + len(clause.path), last + 1, 6)
        yield clause, last


def _whole(revision: Revision) -> list[Row]:
    """The whole text around its changes, unless it is another text altogether."""
    unchanged = len(revision.pairs) - len(revision.changes)
    return whole(revision) if unchanged else []


def _file(name: str) -> bytes:
    return files("tracker.publisher").joinpath(name).read_bytes()
