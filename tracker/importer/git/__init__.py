"""Open Terms Archive's git repositories: of a foreign repository only objects and refs are read.

repository   opening one, wherever it is           entries   the records in its files and commits
objects, refs, commits, bundle                     the formats, read with limits
mirror       a mirror that is kept of a followed one
remote       fetching over HTTP                    nothing of a repository is ever run
"""
