"""The oracle: every operation of docs/notation.md in NumPy, float64, written to be read.

Nothing here is fast. Each function is the definition, in its numerically stable form; every phase
is compared with the arrays that reference/generate.py writes from these functions.
"""
