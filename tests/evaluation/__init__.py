"""How often the tracker is right: `python -m tests.evaluation`.

Imports the reference corpus by the ordinary commands and compares what they say with labels that
a person gave by hand. Every figure stands beside its counts and a 95 % interval, since the
labelled positives are few; every miss and false alarm is listed. Of the clauses, the lexicon is
also tried on each service without the words that only that service had taught.
"""
