"""Whether two bodies read alike, decided without reading either: a yes is never wrong.

gate        the answer, from what is cheapest to what is dearest
skeleton    by the characters of both pages
elements    by their elements
"""
