"""Decisions in numbers that several packages rely on, each in this one place."""

from __future__ import annotations

from datetime import datetime, timedelta

#: What is suspicious counts once so many observations in a row agree, ...
AGREEING_OBSERVATIONS = 3
#: ... the last of them at least this long after the first.
AGREEING_TIME = timedelta(hours=24)
#: An item is news to subscribers if its first sight is at most this long ago: a text that was held
#: until looks agreed still is, one that an import brings from long ago is not.
NEWS_FOR = timedelta(days=14)
#: For so long a source that worked may fail before that is alarming.
FAILING_TIME = timedelta(days=3)
#: Between two visits to a page, and two questions about it to an archive.
APART = timedelta(hours=11)


#: Characters of a message to people; some chats cut at 2,000, and more is for the page.
LONGEST_MESSAGE = 1_500


def has_agreed(looks: int, begun: datetime, ended: datetime) -> bool:
    """Return whether so many looks in a row agreed for long enough to be believed."""
    return looks >= AGREEING_OBSERVATIONS and ended - begun >= AGREEING_TIME
