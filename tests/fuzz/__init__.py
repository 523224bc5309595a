"""Coverage-guided fuzzing of what reads foreign bytes (needs `pip install atheris`).

    python -m tests.fuzz TARGET -max_total_time=600     (libFuzzer's options)

Each target holds a law besides "no exception but our own": see `targets`.
"""
