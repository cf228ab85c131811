"""Measures of time and memory, run by `make bench`; never part of the tests."""
