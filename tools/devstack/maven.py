"""Files from Maven, named by a lock with their sha256: downloaded once for all checkouts, and verified at every use."""

import fcntl
import hashlib
import os
import shutil
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests
from jgo.maven import MavenContext
from rich.progress import track

from tools.devstack.errors import DevstackError
from tools.devstack.state import CHECKOUT

DOWNLOADS_AT_ONCE = 8
PRIVATE_CACHE = CHECKOUT / ".devstack" / "maven"
SYSTEM_CERTIFICATES = (Path("/etc/ssl/certs/ca-certificates.crt"), Path("/etc/pki/tls/certs/ca-bundle.crt"))
# The Java agent that would enforce it is not used, and OpenSearch cannot parse it in a folder with a '+' in its path.
LEFT_OUT = "plugin-security.policy"


@dataclass(frozen=True)
class Artifact:
    """One line of a lock: a target folder, Maven coordinates, and a checksum."""

    folder: str
    coordinates: str  # group:artifact:version[:classifier[:extension]]
    sha256: str


def read_lock(lock: Path) -> list[Artifact]:
    lines = lock.read_text().splitlines()
    return [Artifact(*line.split()) for line in lines if line and not line.startswith("#")]


def fetch(lock: Path, home: Path, description: str) -> None:
    """Put every file of the lock into its folder below `home`; archives of plugins are unpacked there."""
    artifacts = read_lock(lock)
    with _maven() as maven, ThreadPoolExecutor(DOWNLOADS_AT_ONCE) as pool:

        def install(artifact: Artifact) -> None:
            source, folder = _verified(maven, artifact, lock), home / artifact.folder
            folder.mkdir(parents=True, exist_ok=True)
            if source.suffix == ".zip":
                with zipfile.ZipFile(source) as archive:
                    archive.extractall(folder, [name for name in archive.namelist() if name != LEFT_OUT])
            else:
                shutil.copyfile(source, folder / source.name)

        for _ in track(pool.map(install, artifacts), f"  {description}", total=len(artifacts)):
            pass


@contextmanager
def _maven() -> Iterator[MavenContext]:
    # Python's HTTP clients bring their own certificates; those of the machine include the proxies
    # in front of it.
    for bundle in SYSTEM_CERTIFICATES:
        if bundle.exists():
            os.environ.setdefault("REQUESTS_CA_BUNDLE", str(bundle))
    cache = _cache()
    with (cache / ".devstack.lock").open("w") as lock:
        # Two checkouts that fill the cache at once would read each other's incomplete files.
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield MavenContext(repo_cache=cache, timeout=60)


def _verified(maven: MavenContext, artifact: Artifact, lock: Path) -> Path:
    """The file in the local cache. After a wrong checksum it is downloaded once more."""
    group, name, version, *kind = artifact.coordinates.split(":")
    for _ in range(2):
        try:
            path = Path(maven.project(group, name).at_version(version).artifact(*kind).resolve())
        except (requests.RequestException, RuntimeError) as error:
            raise DevstackError(
                f"{artifact.coordinates} could not be downloaded: {error}",
                "Check the network, then run the command again: finished downloads are not repeated.",
            ) from error
        if hashlib.sha256(path.read_bytes()).hexdigest() == artifact.sha256:
            return path
        path.unlink()
    raise DevstackError(
        f"{artifact.coordinates} was downloaded twice, and its checksum differs from the one in {lock.name}.",
        "Check what stands between this machine and the Maven repository (a proxy?), then run the command again.",
    )


def _cache() -> Path:
    """Maven's own cache in the home folder, or a private one when the home is not writable."""
    home = Path(os.environ.get("M2_REPO") or Path.home() / ".m2" / "repository")
    try:
        home.mkdir(parents=True, exist_ok=True)
        if os.access(home, os.W_OK):
            return home
    except OSError:
        pass
    PRIVATE_CACHE.mkdir(parents=True, exist_ok=True)
    return PRIVATE_CACHE
