"""Draws a chart, in a process of its own: matplotlib is imported nowhere else."""
