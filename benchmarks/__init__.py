"""Measurements of Checkback, each printed with its aim: `python -m benchmarks [name …]`."""
