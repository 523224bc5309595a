"""How documents and files stand with which something is wrong: marked, and never left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from tracker._support.containment import Failed
from tracker.config.validation import Refusal
from tracker.model import Document, History, Standing, State

#: What readers of the published pages are told; operators are told why.
_UNDERIVED = "What was recorded of it cannot be read at present; what was published before stands."
_UNDECLARED = (
    "Its declaration cannot be accepted at present, so it is not visited; what was seen before "
    "stands."
)
_UNREAD = "This file cannot be accepted at present; what is known of what it said applies."


def unknown(document: Document) -> History:
    """The history of a document of which nothing can be told."""
    nothing = Standing(State.FAILING, None, None, None, "")
    return History(document, document.type or document.service, (), (), nothing)


def marked(
    histories: Iterable[History],
    declared: Sequence[Document],
    refusals: Sequence[Refusal],
    failed: Mapping[str, Failed],
    *,
    public: bool,
) -> Iterator[History]:
    """The histories with those marked that could not be derived, or are not visited any more.

    `public` leaves out what only an operator can make use of.
    """
    watched = {document.id for document in declared}
    for history in histories:
        name = history.document.id
        about = next((r for r in refusals if r.concerns(name) and name not in watched), None)
        if name in failed:
            yield _failing(history, _UNDERIVED if public else failed[name].reason)
        elif about:
            told = f"Its declaration is refused, so it is not visited: {about.sentence}"
            yield _failing(history, _UNDECLARED if public else told)
        else:
            yield history


def _failing(history: History, reason: str) -> History:
    stands = replace(history.standing, state=State.FAILING, reason=reason)
    return replace(history, standing=stands)


def unseen(
    histories: Iterable[History],
    declared: Sequence[Document],
    refusals: Iterable[Refusal],
    *,
    public: bool,
) -> Iterator[History]:
    """What is refused and is about none of the documents there are, as if it were one."""
    known = [history.document.id for history in histories]
    watched = {document.id for document in declared}
    shown = set[str]()
    for refusal in refusals:
        named = refusal.document
        if named.id in watched | shown:
            named = Document(refusal.file, "", refusal.file, "", ())
        if named.id not in shown and not any(map(refusal.concerns, set(known) - watched)):
            shown.add(named.id)
            is_declaration = bool(refusal.document.service)
            told = _UNDECLARED if is_declaration else _UNREAD
            yield _failing(unknown(named), told if public else refusal.sentence)
