"""OpenSearch put together from its published jars: no download of a distribution, no Docker.

The lock file names every jar with its sha256; modules are unpacked the way the official distribution lays them out.
"""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests
from jgo.maven import MavenContext

from tools.devstack.console import Counter
from tools.devstack.errors import DevstackError
from tools.devstack.state import State

VERSION = "3.6.0"
LOCK = Path(__file__).with_name(f"opensearch-{VERSION}.lock")
DOWNLOADS_AT_ONCE = 8
SYSTEM_CERTIFICATES = (Path("/etc/ssl/certs/ca-certificates.crt"), Path("/etc/pki/tls/certs/ca-bundle.crt"))
# Module folder -> (plugin class, the module it extends). analysis-common holds edge n-grams and synonyms.
MODULES = {
    "lang-painless": ("org.opensearch.painless.PainlessModulePlugin", ""),
    "analysis-common": ("org.opensearch.analysis.common.CommonAnalysisModulePlugin", "lang-painless"),
    "transport-netty4": ("org.opensearch.transport.Netty4ModulePlugin", ""),
    "reindex": ("org.opensearch.index.reindex.ReindexModulePlugin", ""),
    "lang-mustache": ("org.opensearch.script.mustache.MustacheModulePlugin", ""),
    "parent-join": ("org.opensearch.join.ParentJoinModulePlugin", ""),
}
DESCRIPTOR = """\
description={name}
version={version}
name={name}
classname={plugin}
java.version=21
opensearch.version={version}
custom.foldername=
extended.plugins={extends}
has.native.controller=false
"""


@dataclass(frozen=True)
class Jar:
    """One line of the lock: the folder it goes to, where it comes from, and its bytes."""

    folder: str
    coordinates: str
    sha256: str


def distribution(state: State) -> Path:
    """The folder to give OpenSearch as its home, assembled when it is not there yet. It is only read afterwards."""
    home = state.shared / f"opensearch-{VERSION}-{_lock_digest()}"
    if not home.exists():
        draft = home.with_name(f"{home.name}.draft")
        shutil.rmtree(draft, ignore_errors=True)
        _assemble(draft)
        draft.rename(home)
    return home


def _lock_digest() -> str:
    return hashlib.sha256(LOCK.read_bytes()).hexdigest()[:8]


def _jars() -> list[Jar]:
    lines = [line for line in LOCK.read_text().splitlines() if line and not line.startswith("#")]
    return [Jar(*line.split()) for line in lines]


def _assemble(home: Path) -> None:
    for folder in ("plugins", "config", "bin"):
        (home / folder).mkdir(parents=True)
    jars = _jars()
    # Python's HTTP clients bring certificates of their own; the machine's know the proxies it may sit behind.
    for bundle in SYSTEM_CERTIFICATES:
        if bundle.exists():
            os.environ.setdefault("REQUESTS_CA_BUNDLE", str(bundle))
    cache = _jar_cache()
    maven = MavenContext(repo_cache=cache, timeout=60)
    with (
        _exclusive(cache),
        Counter(f"OpenSearch {VERSION}, jars", len(jars)) as counter,
        ThreadPoolExecutor(DOWNLOADS_AT_ONCE) as pool,
    ):
        for jar in pool.map(lambda jar: _install(maven, home, jar), jars):
            counter.advance(jar.coordinates)
    for name in MODULES:
        (home / "modules" / name / "plugin-descriptor.properties").write_text(_descriptor(name))


def _install(maven: MavenContext, home: Path, jar: Jar) -> Jar:
    source = _verified(maven, jar)
    target = home / jar.folder / source.name
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    return jar


def _verified(maven: MavenContext, jar: Jar) -> Path:
    """The jar in the local cache. Wrong bytes, as an interrupted download leaves them, are downloaded once more."""
    for _ in range(2):
        path = _resolve(maven, jar)
        if hashlib.sha256(path.read_bytes()).hexdigest() == jar.sha256:
            return path
        path.unlink()
    raise DevstackError(
        f"{jar.coordinates} was downloaded twice, and its bytes are not those that {LOCK.name} names.",
        "Check what stands between this machine and the Maven repository (a proxy?), then run the command again.",
    )


def _resolve(maven: MavenContext, jar: Jar) -> Path:
    group, artifact, version, *classifier = jar.coordinates.split(":")
    try:
        return Path(maven.project(group, artifact).at_version(version).artifact(*classifier).resolve())
    except (requests.RequestException, RuntimeError) as error:
        raise DevstackError(
            f"OpenSearch's {jar.coordinates} could not be downloaded: {error}",
            "Check the network, then run the command again: what is already downloaded is kept.",
        ) from error


def _jar_cache() -> Path:
    """Maven's own cache in the home folder, shared by every checkout; a private one when there is no such home."""
    from tools.devstack.state import CHECKOUT  # noqa: PLC0415

    home = Path(os.environ.get("M2_REPO") or Path.home() / ".m2" / "repository")
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError:
        return CHECKOUT / ".devstack" / "maven"
    return home if os.access(home, os.W_OK) else CHECKOUT / ".devstack" / "maven"


@contextmanager
def _exclusive(cache: Path) -> Iterator[None]:
    """Two checkouts that fill the cache at once would read each other's half-written files."""
    with (cache / ".devstack.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _descriptor(name: str) -> str:
    plugin, extends = MODULES[name]
    return DESCRIPTOR.format(name=name, version=VERSION, plugin=plugin, extends=extends)
