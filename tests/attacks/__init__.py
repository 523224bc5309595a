"""Hostile pages, and what they cost.

python -m tests.attacks              every vector at its size, twice and four times that
python -m tests.attacks NAME...      some of them
python -m tests.attacks --full       each as large as it may be: as large as the fetcher lets a
                                     page be, and, where that is refused as no text of terms, as
                                     large as is not (eight minutes of processor time)
python -m tests.attacks --letters N  each as large as a text of so many characters, with a clause
                                     for every thirty of them and a tag for every six, may be
"""
