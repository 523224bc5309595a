"""The operator's files, parsed: declarations, topics, settings, corrections."""
