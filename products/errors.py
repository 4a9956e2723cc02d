"""What can be wrong with what products are made from."""


class FileRefusedError(Exception):
    """A file that cannot be a catalogue at all; nothing of it was saved."""
