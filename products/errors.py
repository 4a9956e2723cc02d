class FileRefusedError(Exception):
    """The whole file is not valid. Nothing of it was saved."""
