"""Open Terms Archive's git repositories: of a foreign repository only objects and refs are read.

repository   opening one, wherever it is           entries   what its files and commits say
objects, refs, commits, bundle                     the formats, read with bounds
remote       fetching over HTTP                    nothing of a repository is ever run
"""
