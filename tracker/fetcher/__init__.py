"""The edge to the network: a source becomes an answer.

client      the visit: robots.txt, turns, redirects, retries         Fetcher
exchange    one request, and what any error of the network means
talks       a client for longer talks, such as fetching a repository
wire        sockets that check addresses and keep to a deadline
body        decompression with a cap
guard, redirects, verdict, retry, robots, manners, limits            pure decisions
"""

from tracker.fetcher.client import Fetcher
from tracker.fetcher.guard import is_loopback
from tracker.fetcher.limits import Limits
from tracker.fetcher.manners import user_agent
from tracker.fetcher.talks import talk
from tracker.fetcher.verdict import public_headers

__all__ = ["Fetcher", "Limits", "is_loopback", "public_headers", "talk", "user_agent"]
