"""Exit codes of commands, in addition to 1 (failed) and 2 (wrong arguments)."""

ROWS_SKIPPED = 3  # by an import; the other rows are saved
INTERRUPTED = 130  # a shell's code for Ctrl-C
