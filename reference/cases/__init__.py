"""The golden cases: inputs, the oracle's outputs, and the bound of each output."""
