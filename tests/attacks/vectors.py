"""Pages whose only purpose is to take time or memory: name → (size → earlier and later page).

Each is made against one piece of the program, which its comment names. What is more than any text
of terms is refused (`tracker.fetcher.limits`, `tracker.extractor.limits`); what is not must cost no
more than a run can bear.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

Pair = tuple[str, str]
Vector = Callable[[int], Pair]

_LINE = "Each boat that is lent out has a name painted on both of its sides"


def _page(inner: str) -> str:
    return f"<html lang=en><body><main><h1>Terms</h1><p>{_LINE}.</p>{inner}</main></body></html>"


def _both(inner: Callable[[int], str]) -> Vector:
    """A page that meets a plain one: what counts is reading it."""
    return lambda n: (_page(""), _page(inner(n)))


def _changed(before: Callable[[int], str], after: Callable[[int], str]) -> Vector:
    """Two pages whose comparison counts."""
    return lambda n: (_page(before(n)), _page(after(n)))


def _filled(piece: str, end: str = "") -> Callable[[int], str]:
    """`piece` over and over, in all about `n` characters."""
    return lambda n: piece * max(1, n // len(piece)) + end


def _numbered(text: str) -> Callable[[int], str]:
    def inner(n: int) -> str:
        count = max(2, n // (len(text) + 20))
        return "".join(f"<li>{text.format(i=i, j=count - i)}" for i in range(count))

    return inner


def _nested(opening: str, closing: str, depth: int) -> Callable[[int], str]:
    """Nests of one depth beside each other, as the depth of a page is bounded."""
    return _filled(opening * depth + closing * depth)


def _drawn(seed: int, alike: bool) -> Callable[[int], str]:
    """Items of words drawn by lot; where they are `alike`, but for one word in each."""
    words = "boat name side paint river water night light harbour stone train learn share".split()

    def inner(n: int) -> str:
        lot, other = Random(0 if alike else seed), Random(seed)
        items = []
        for _ in range(max(1, n // 100)):
            item = [lot.choice(words) + str(lot.randrange(9)) for _ in range(15)]
            item[other.randrange(15)] = f"x{other.randrange(99)}"
            items.append("<li>" + " ".join(item))
        return "".join(items)

    return inner


def _each(piece: str, around: tuple[str, str] = ("", "")) -> Callable[[int], str]:
    """`piece` with a number for each `{i}` in it, over and over, in all about `n` characters."""

    def inner(n: int) -> str:
        return around[0] + "".join(piece.format(i=i) for i in range(n // len(piece))) + around[1]

    return inner


def _cut_up(opening: str, between: str, word: str) -> Callable[[int], str]:
    """Wholes of a hundred parts, with a word of each part that may be another."""

    def inner(n: int) -> str:
        part = "part {w} of {p} says {word} boats lie {p}x{w} here."
        wholes = (
            between.join(part.format(w=w, p=p, word=word) for p in range(100))
            for w in range(max(1, n // 5000))
        )
        return "".join(f"{opening}{whole}" for whole in wholes)

    return inner


def _under_deep_headings(piece: str) -> Callable[[int], str]:
    def inner(n: int) -> str:
        above = "".join(f"<h{d}>Part {d} {'word ' * (n // 300)}</h{d}>" for d in range(2, 7))
        return above + _filled(piece)(n * 2 // 3)

    return inner


def _deep_sections(word: str) -> Callable[[int], str]:
    def inner(n: int) -> str:
        depths = ((i, 2 + i % 5) for i in range(n // 50))
        return "".join(f"<h{d}>Part {i} {word}</h{d}><p>Rule {i} is {word}" for i, d in depths)

    return inner


def _shuffled_numbers(seed: int) -> Callable[[int], str]:
    """The very same items in an order drawn by lot."""

    def inner(n: int) -> str:
        items = [f"<li>the boat has one name and two sides here {i}" for i in range(n // 50)]
        Random(seed).shuffle(items)
        return "".join(items)

    return inner


def _shuffled(seed: int) -> Callable[[int], str]:
    """Items alike but for their number, in an order drawn by lot."""

    def inner(n: int) -> str:
        items = [f"<li>the boat has one name and two sides here {i}" for i in range(n // 50)]
        Random(seed).shuffle(items)
        return "".join(f"{item} {seed}" for item in items)

    return inner


#: Parsing and reading (extract, segment).
READING: dict[str, Vector] = {
    "lists a hundred deep": _both(_nested("<ul><li>x ", "</ul>", 45)),
    "paragraphs a hundred deep": _both(lambda n: "<div>" * 95 + _filled("<p>x")(n)),
    "headings a hundred deep": _both(_nested("<div><h2>x</h2>", "</div>", 95)),
    "deep divs": _both(_filled("<div>")),
    "deep divs with text": _both(_filled("<div>word ")),
    "deep spans": _both(_filled("<span>")),
    "deep lists": _both(_filled("<ul><li>x")),
    "deep tables": _both(_filled("<table><tr><td>")),
    "deep mains": lambda n: (_page(""), _filled("<main>")(n)),
    "deep articles": lambda n: (_page(""), _filled("<article>")(n)),
    "deep svgs": _both(_filled("<object>")),
    "deep headings": _both(_filled("<h2>x")),
    "deep links": _both(_filled("<a href=x>y")),
    "misnested formatting": _both(_filled("<b><p>")),
    "open formatting": _both(_filled("<p><b><i>x")),
    "list items": _both(_filled("<li>x")),
    "empty list items": _both(_filled("<li>")),
    "line breaks": _both(_filled("<br>")),
    "line breaks and bullets": _both(_filled("a<br> - ")),
    "spaces after a line break": _both(lambda n: f"<p>a<br>{' ' * n}b"),
    "one long word": _both(lambda n: f"<p>{'x' * n}"),
    "one long line of words": _both(_filled("word ")),
    "white space": _both(lambda n: f"<p>a{' ' * n}b"),
    "no-break spaces": _both(lambda n: f"<p>a{' ' * n}b"),
    "combining accents": _both(lambda n: f"<p>a{'́' * n}"),
    "numbered and invisible": _both(lambda n: f"<p>1. {'​' * (n // 2)}{'x' * (n // 2)}"),
    "bulleted and invisible": _both(lambda n: f"<p>• {'​' * (n // 2)}{'x' * (n // 2)}"),
    "open noscripts": _both(_filled("<noscript>")),
    "noscript ends that never end": _both(lambda n: "<noscript>" + _filled("</noscript ")(n)),
    "script ends that never end": _both(lambda n: "<script>" + _filled("</script ")(n)),
    "style ends that never end": _both(lambda n: "<style>" + _filled("</style ")(n)),
    "open comments": _both(_filled("<!--")),
    "comments": _both(_filled("<!-->")),
    "open tags": _both(_filled("<a ")),
    "declarations": _both(_filled("<![CDATA[")),
    "instructions": _both(_filled("<?")),
    "one tag, many attributes": _both(lambda n: f"<p {_filled('a b=c ')(n)}>x"),
    "one long attribute": _both(lambda n: f"<p title={'a' * n}>x"),
    "one long link": _both(lambda n: f"<p><a href='https://a.example/?{_filled('a=b&')(n)}'>x</a>"),
    "a link of many pieces": _both(lambda n: f"<p><a href=x>{_filled('ab<b></b>')(n)}</a>"),
    "many links": _both(_filled("<a href=?utm_source=x&a=b>y</a> ")),
    "a table of tall cells": _both(
        lambda n: "<table><tr><td colspan=999 rowspan=999>x<td>y" + _filled("<tr>")(n)
    ),
    "a table of wide cells": _both(lambda n: f"<table>{_filled('<tr><td colspan=999>x')(n)}"),
    "a table of many cells": _both(lambda n: f"<table><tr>{_filled('<td>x')(n)}"),
    "labels of labels": _both(
        lambda n: f"<table><tr><th>a<th>b{_filled('<tr><td>x<td>y')(n)}</table>"
    ),
    "hidden mail": _both(_filled("<a data-cfemail=00>x</a>")),
    "entities": _both(_filled("&amp;&#0;&bogus;")),
    "bold lines": _both(_filled("<p><b>x</b>")),
    "metas": lambda n: (_page(""), "<meta " * (n // 6) + _page("")),
    "dates": _both(lambda n: f"<p>updat{'a' * n}"),
    "many dates": _both(_filled("effective on November 3, 2025 ")),
    "open dates": _both(_filled("updated on ")),
    "headings in items": _both(_filled("<li><h3>x</h3>y")),
}

#: Comparing (align, redline, significance, topics, dates).
COMPARING: dict[str, Vector] = {
    "all items other": _changed(
        _numbered("the boat {i} has one name and two sides"),
        _numbered("the boat x{j} has one name and two sides"),
    ),
    "all items strange": _changed(
        _numbered("uno{i} dos{i} tres{i} quatro{i} cinco{i} seis{i}"),
        _numbered("eins{i} zwei{i} drei{i} vier{i} funf{i} sechs{i}"),
    ),
    "all items drawn anew": _changed(_drawn(1, alike=False), _drawn(2, alike=False)),
    "all items alike but for a word": _changed(_drawn(1, alike=True), _drawn(2, alike=True)),
    "all items equal": _changed(_filled("<li>the same as ever"), _filled("<li>the same as then")),
    "all items in reverse": _changed(
        _numbered("a boat that is called {i} today"), _numbered("a boat that is called {j} today")
    ),
    "all items alike, shuffled": _changed(_shuffled(1), _shuffled(2)),
    "items under one long heading": _changed(
        lambda n: f"<h2>{_filled('long heading ')(n // 2)}</h2>{_filled('<li>the old')(n // 8)}",
        lambda n: f"<h2>{_filled('long heading ')(n // 2)}</h2>{_filled('<li>the new')(n // 8)}",
    ),
    "short items other": _changed(_numbered("{i}"), _numbered("x{i}")),
    "one clause, every second word": _changed(_filled("a b "), _filled("a c ")),
    "one clause, shifted": _changed(lambda n: "<p>" + "a b " * (n // 4),
                                    lambda n: "<p>" + "b a " * (n // 4)),
    "clauses of a thousand words": _changed(
        _filled("<p>" + "a b c d " * 250), _filled("<p>" + "b a e d " * 250)
    ),
    "one long word, other": _changed(lambda n: "<p>" + "x" * n, lambda n: "<p>" + "y" * n),
    "topics everywhere": _changed(
        _filled("We train AI models. "), _filled("We train ad models; advertising. ")
    ),
    "a long heading of topics": _changed(
        lambda n: f"<h2>{_filled('generative AI model advertising ')(n * 3 // 8)}</h2>"
        + "".join(f"<li>the old boat number {i} lies here" for i in range(150)),
        lambda n: f"<h2>{_filled('generative AI model advertising ')(n * 3 // 8)}</h2>"
        + "".join(f"<li>the new ship number {i} stands there" for i in range(150)),
    ),
    "a topic in each sentence": _changed(
        _each("advertising old{i} ad. "), _each("advertising new{i} ad. ")
    ),
    "an answer in each sentence": _changed(
        _each("We may use your old{i} posts to train AI models. "),
        _each("We must not use your new{i} posts to train AI models. "),
    ),
    "many answers in one sentence": _changed(
        _each("we use your old{i} posts to train AI models and "),
        _each("we use your new{i} posts to train AI models and "),
    ),
    "many refusals in one sentence": _changed(
        _each("we never use posts to train AI models or share old{i} data for advertising, "),
        _each("we never use posts to train AI models or share new{i} data for advertising, "),
    ),
    "an answer with a link in each sentence": _changed(
        _each("We use <a href=/a/{i}>posts</a> to train AI models. "),
        _each("We use <a href=/b/{i}>posts</a> to train AI models. "),
    ),
    "many answers and a date": _changed(
        lambda n: "<p>" + _each("We use {i} posts to train AI models. ")(n) + " Since May 2020.",
        lambda n: "<p>" + _each("We use x{i} posts to train AI models. ")(n) + " Since May 2021.",
    ),
    "many cut into a hundred": _changed(_cut_up("<p>", " ", "old"), _cut_up("<p>", "<p>", "new")),
    "hundreds joined into one": _changed(_cut_up("<p>", "<p>", "old"), _cut_up("<p>", " ", "new")),
    "all cut in two": _changed(
        _each("<p>the {i} boat has an old name. And the {i} harbour has a stone."),
        _each("<p>the {i} boat has a new name.<p>And the {i} harbour has a stone."),
    ),
    "items under deep headings": _changed(
        _under_deep_headings("<li>the old"), _under_deep_headings("<li>the new")
    ),
    "deep sections": _changed(_deep_sections("old"), _deep_sections("new")),
    "cells of a table": _changed(
        _each("<tr><td>thing {i}<td>old use {i}<td>{i} days", ("<table><tr><th>a<th>b<th>c", "")),
        _each("<tr><td>thing {i}<td>new use {i}<td>{i}1 day", ("<table><tr><th>a<th>b<th>c", "")),
    ),
    "date lines": _changed(
        _each("<p>Effective 3 May 2020, rule {i}."), _each("<p>Effective 4 June 2021, rule {i}.")
    ),
    "links to other places": _changed(
        _each("<li>see <a href=/a/{i}>x{i}</a> "), _each("<li>see <a href=/b/{i}>x{i}</a> ")
    ),
    "all items renumbered": _changed(
        _each("<p>1{i}. The boat {i} is as in section 1{i}."),
        _each("<p>2{i}. The boat {i} is as in section 2{i}."),
    ),
    "duties turned": _changed(
        _each("<li>We will not sell {i}. We may keep it. "),
        _each("<li>We may sell {i}. We must not keep it. "),
    ),
    "equal items, shuffled": _changed(_shuffled_numbers(1), _shuffled_numbers(2)),
    "words without spaces": _changed(_filled("กขคง"), _filled("กงคข")),
    "one cut into many": _changed(
        lambda n: "<p>" + _filled(f"{_LINE}. ")(n), _filled(f"<p>{_LINE}.")
    ),
    "many joined into one": _changed(
        _filled(f"<p>{_LINE}."), lambda n: "<p>" + _filled(f"{_LINE}. ")(n)
    ),
    "hyphens in a phrase": _changed(
        lambda n: "", lambda n: f"<p>What we train {'-' * n}; see the model."
    ),
    "one word of a phrase": _changed(lambda n: "", lambda n: f"<p>{'train-' * (n // 6)} model"),
    "dates that are none": _changed(
        lambda n: "", lambda n: "".join(f"<p>effective 3 foo {i}" for i in range(1000, n // 20))
    ),
    "links in one sentence": _changed(
        lambda n: "",
        lambda n: "<p>" + "".join(f"opt out <a href=/settings/{i}>x</a> " for i in range(n // 36)),
    ),
    "references": _changed(
        lambda n: "<p>See section 1" + ", , " * (n // 4), lambda n: "<p>See § 2" + ", , " * (n // 4)
    ),
    "notices": _changed(
        lambda n: "", _filled("<p>we are updating xxxxxxxxxxxxxxxx our terms we updat")
    ),
    "two languages of words": _changed(
        lambda n: " ".join(f"a{i}" for i in range(n // 6)),
        lambda n: " ".join(f"b{i}" for i in range(n // 6)),
    ),
}  # fmt: skip
#: What a server says is Markdown is rendered first. (An unclosed bracket is looked up to the end.)
MARKDOWN: dict[str, Vector] = {
    "markdown brackets": lambda n: ("a", "[" * n),
    "markdown brackets in a long text": lambda n: ("a", "[" * 9_000 + "a " * (n // 2)),
    "markdown brackets that are closed": lambda n: ("a", "[" * 5_000 + "a" * n + "]" * 5_000),
    "markdown lists": lambda n: ("a", "* a\n" * (n // 4)),
    "markdown quotes": lambda n: ("a", "> " * (n // 2)),
    "markdown stars": lambda n: ("a", "*a **b " * (n // 7)),
    "markdown links": lambda n: ("a", "[a](/b) " * (n // 8)),
    "markdown tables": lambda n: ("a", "a|b\n-|-\n" + "c|d\n" * (n // 4)),
    "markdown ticks": lambda n: ("a", "".join("`" * (i % 400) + " " for i in range(n // 200))),
}
VECTORS = READING | COMPARING | MARKDOWN
