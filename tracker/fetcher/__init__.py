"""The edge to the network: a source becomes an answer.

client      the visit: robots.txt, turns, redirects, retries         Fetcher
exchange    one request, and what any error of the network means
talks       a client for longer talks, such as fetching a repository
wire        sockets that check addresses and keep to a deadline
body        decompression with a cap
guard, redirects, verdict, retry, robots, manners, limits            pure decisions
"""

from tracker.fetcher.client import Fetcher
from tracker.fetcher.git_client import talk
from tracker.fetcher.limits import Limits
from tracker.fetcher.politeness import user_agent
from tracker.fetcher.response_check import public_headers
from tracker.fetcher.ssrf_guard import is_loopback

__all__ = ["Fetcher", "Limits", "is_loopback", "public_headers", "talk", "user_agent"]
