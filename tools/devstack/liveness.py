"""Distinguishes a running process from a later one with the same pid."""

from pathlib import Path

import psutil

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def start_mark(pid: int) -> str | None:
    """A text that no later process with this pid has; None when it has ended or is a zombie.

    psutil's `create_time` is not enough: it moves with the system clock.
    """
    if not BOOT_ID.exists():  # macOS
        try:
            process = psutil.Process(pid)
            return None if process.status() == psutil.STATUS_ZOMBIE else f"{process.create_time():.3f}"
        except psutil.NoSuchProcess:
            return None
    try:
        # The fields after the command's name, which may itself have spaces and parentheses: first
        # the state, and as field 22 of the line the start in clock ticks since boot.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in {"Z", "X"} else f"{BOOT_ID.read_text().strip()} {fields[19]}"
