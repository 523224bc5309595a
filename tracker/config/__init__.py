"""The operator's files, parsed: declarations, topics, sources, settings, corrections."""
