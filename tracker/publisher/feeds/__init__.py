"""Feeds: which there are, what stands in each, and the formats they are written in."""
