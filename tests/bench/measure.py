"""What a process costs, as the kernel counts it. Linux only: the figures stand in /proc."""

import os
from collections.abc import Iterable
from pathlib import Path

_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")


def cpu_seconds(pids: Iterable[int]) -> float:
    """Return the CPU time, user and system, of processes and all their children, those that ended included."""
    ticks = 0
    for pid in with_children(pids):
        try:
            stat = (_PROC / str(pid) / "stat").read_text()
        except OSError:
            continue
        # The name of the program may hold blanks and brackets: what follows it is counted from its last bracket.
        numbers = stat[stat.rindex(")") + 2 :].split()
        ticks += sum(int(number) for number in numbers[11:15])  # utime, stime, cutime, cstime
    return ticks / _TICKS_PER_SECOND


def resident_bytes(pids: Iterable[int]) -> int:
    """Return how much memory processes and their children hold."""
    total = 0
    for pid in with_children(pids):
        try:
            status = (_PROC / str(pid) / "status").read_text()
        except OSError:
            continue
        total += next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:")), 0)
    return total * 1024


def with_children(pids: Iterable[int]) -> list[int]:
    """Return the processes with everything they started."""
    found: list[int] = []
    to_look_at = list(pids)
    while to_look_at:
        pid = to_look_at.pop()
        found.append(pid)
        for children in (_PROC / str(pid) / "task").glob("*/children"):
            try:
                to_look_at += [int(child) for child in children.read_text().split()]
            except OSError:
                continue
    return found
