"""The edge to the network: a source becomes an answer.

client      the visit: robots.txt, throttling, redirects, retries
request     one request, and the outcome of any error of the network
git_client  a client for longer exchanges, such as fetching a repository
transport   sockets that check addresses and keep to a deadline
body        decompression with a cap
host_memory what hosts asked of us, from one run to the next
ssrf_guard, redirects, response_check, retry, robots, politeness, limits    pure decisions
"""

from tracker.fetcher.client import Fetcher
from tracker.fetcher.git_client import talk
from tracker.fetcher.host_memory import HostMemory
from tracker.fetcher.limits import Limits
from tracker.fetcher.politeness import user_agent
from tracker.fetcher.response_check import public_headers
from tracker.fetcher.ssrf_guard import is_loopback

__all__ = ["Fetcher", "HostMemory", "Limits", "is_loopback", "public_headers", "talk", "user_agent"]
