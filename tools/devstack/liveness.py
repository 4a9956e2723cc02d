"""Tells a running process from a later one that got the same pid."""

from pathlib import Path

import psutil

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def start_mark(pid: int) -> str | None:
    """Tells this process from a later one with the same pid. None when it is gone or only waits to be reaped."""
    if not BOOT_ID.exists():
        return _portable_start_mark(pid)
    try:
        # Everything after the command's name, which may itself hold spaces and parentheses; the state comes first,
        # the start in clock ticks since boot is field 22 of the line.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in {"Z", "X"} else f"{BOOT_ID.read_text().strip()} {fields[19]}"


def _portable_start_mark(pid: int) -> str | None:
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else f"{process.create_time():.3f}"
    except psutil.NoSuchProcess:
        return None
