"""Stops the tracker at every write, commit and rename in turn, and looks what is left.

python -m tests.faults               every point of every scenario, every kind of fault
python -m tests.faults --points 60   about so many of them, spread evenly
python -m tests.faults --part 1/2    half of them; another process takes the other half
python -m tests.faults --kills 1000  SIGKILL at so many random moments
"""
