"""Hostile pages, and what they cost.

python -m tests.attacks              every vector at its size, twice and four times that
python -m tests.attacks NAME...      some of them
python -m tests.attacks --full       each as large as it may be: as large as the fetcher lets a
                                     page be, and, where that is refused as no text of terms, as
                                     large as is not (eight minutes of processor time)
"""
