"""Certificates for test servers."""

import subprocess
from pathlib import Path


def self_signed(folder: Path) -> Path:
    """A key and a self-signed certificate for 127.0.0.1, in one file."""
    file, certificate = folder / "node.pem", folder / "cert.pem"
    options = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=node"
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(file), "-out", str(certificate)]
    subprocess.run(["openssl", *options.split(), *names], check=True, capture_output=True)  # noqa: S607
    file.write_text(file.read_text() + certificate.read_text())
    return file
