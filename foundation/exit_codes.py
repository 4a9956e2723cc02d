"""How an import ended, to whatever started it. 1: it failed as a whole; 2: wrong arguments."""

ROWS_SKIPPED = 3  # the others are saved
INTERRUPTED = 130  # as shells say it of Ctrl-C
