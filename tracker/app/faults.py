"""How documents and files stand with which something is wrong: marked, and never left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from tracker._support.containment import Failed
from tracker.app.workspace import Workspace
from tracker.model import Document, History, Standing, State

#: What readers of the published pages are told; operators are told why.
_UNDERIVED = "What was recorded of it cannot be read at present; what was published before stands."
_UNDECLARED = (
    "Its declaration cannot be accepted at present, so it is not visited; what was seen before "
    "stands."
)
_UNREAD = "This file cannot be accepted at present; what is known of what it said applies."


def unknown(document: Document) -> History:
    """Return the history of a document of which nothing can be told."""
    nothing = Standing(State.FAILING, None, None, None, "")
    return History(document, document.type or document.service, (), (), nothing)


def marked(
    histories: Iterable[History], given: Workspace, failed: Mapping[str, Failed], *, public: bool
) -> Iterator[History]:
    """Mark the histories that could not be derived, or are not visited any more.

    `public` leaves out what only an operator can make use of.
    """
    watched = _watched(given)
    for history in histories:
        name = history.document.id
        refusals = () if name in watched else given.refusals
        about = next((refusal for refusal in refusals if refusal.concerns(name)), None)
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


def unseen(documents: Iterable[Document], given: Workspace, *, public: bool) -> Iterator[History]:
    """Make histories of what is refused and is about none of the `documents` there are."""
    watched = _watched(given)
    unwatched = {document.id for document in documents} - watched
    shown = set[str]()
    for refusal in given.refusals:
        named = refusal.document
        if named.id in watched | shown:
            named = Document(refusal.file, "", refusal.file, "", ())
        if named.id not in shown and not any(map(refusal.concerns, unwatched)):
            shown.add(named.id)
            is_declaration = bool(refusal.document.service)
            told = _UNDECLARED if is_declaration else _UNREAD
            yield _failing(unknown(named), told if public else refusal.sentence)


def _watched(given: Workspace) -> set[str]:
    return {document.id for document in given.declared.documents}
