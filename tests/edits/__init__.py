"""Edits whose truth is known, made on texts, and a score for whatever claims to find them.

`python -m tests.edits` prints the table; `tests/differ/test_edits.py` holds the bars on a smaller
set.

A text is a list of blocks; a block is a list of pieces (words with their punctuation), and a piece
knows which piece of the old text it was. So after any number of edits it is known which clause
became which, what moved, and which words went and came, without asking any diff.
"""
