"""Terms Tracker: what terms of service say about AI and advertising, and what changed."""

__version__ = "0.2.0"
