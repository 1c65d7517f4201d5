"""Stress tests of the simulator: random lists of operations, and random programs, against sequential models."""
