"""Feeds: which there are, which items each holds, and the formats they are written in."""
