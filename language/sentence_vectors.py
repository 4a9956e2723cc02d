"""Vectors of short texts by a small sentence model (all-MiniLM-L6-v2): texts of like meaning have a high cosine.

Optional: needs the packages of the extra `semantic`, and the model's file, an archive with the network (.onnx) and its
tokenizer. A vector is DIMENSIONS signed bytes, scaled so that the largest is 127: a cosine ignores the scale, and
against floats the index is a third of the size and finds the same neighbours (docs/decisions/semantic-search.md).
"""

import functools
import hashlib
import os
import zipfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

DIMENSIONS = 384
PACKAGES = ("onnxruntime", "tokenizers")
MAX_TOKENS = 64  # of a text; the rest of a long name says little about what it is, and costs time
REVISION = "1"  # change it whenever the same text would get another vector


@functools.cache
def model_version(path: str) -> str:
    """Names the vectors that the model in this file makes; '' when it cannot be used here.

    It is read once: a process that runs needs a restart to see another file.
    """
    if not path or not all(find_spec(package) for package in PACKAGES):
        return ""
    try:
        digest = hashlib.sha256(Path(path).read_bytes()).hexdigest()
    except OSError:
        return ""
    return f"{digest[:12]}-{REVISION}"


class SentenceModel:
    """For any number of threads. It starts none of its own, so a process may fork after loading it."""

    def __init__(self, path: str) -> None:
        # No thread pool, which would not survive a fork. Nor would the thread of onnxruntime's telemetry, which is on
        # by default: a forked process would wait for it when it ends, or crash. And nothing is to be sent from here.
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        import onnxruntime  # noqa: PLC0415 - optional
        from tokenizers import Tokenizer  # noqa: PLC0415 - optional

        with zipfile.ZipFile(path) as archive:
            network, tokenizer = (
                archive.read(next(name for name in archive.namelist() if name.endswith(end)))
                for end in (".onnx", "tokenizer.json")
            )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])
        self._tokenizer = Tokenizer.from_str(tokenizer.decode())
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.no_padding()

    def encode(self, text: str) -> bytes:
        """Always the same vector for one text: in a batch, the network's rounding depends on the other texts."""
        import numpy as np  # noqa: PLC0415 - comes with the optional packages

        ids = np.array([self._tokenizer.encode(text).ids], dtype=np.int64)
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        words: Any = self._session.run(["last_hidden_state"], inputs)[0]
        total = words[0].sum(axis=0)
        scaled: bytes = np.rint(total * (127 / np.abs(total).max())).astype(np.int8).tobytes()
        return scaled


@functools.cache
def sentence_model(path: str) -> SentenceModel:
    """The model of this process."""
    return SentenceModel(path)
