"""Benchmarks: each prints figures as `name value unit`, and quotes limits measured in the same run."""
