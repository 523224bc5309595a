"""Captures on disk: an append-only, hash-chained log, and bodies by their SHA-256.

store         the archive: everything is read and added through it
schema        the tables, and migrations from older ones
log_entries   the bytes that are hashed for a log entry: a frozen format
integrity     every way in which the archive is not as it was recorded
bodies        where bodies are kept: in the database, or in an object store
"""
