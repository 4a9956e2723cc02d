"""OpenSearch put together from its published jars: no download of a distribution, no Docker.

The lock file names every jar with its sha256; modules are unpacked the way the official
distribution lays them out.
"""

import fcntl
import hashlib
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import requests
from jgo.maven import MavenContext
from rich.progress import track

from tools.devstack.errors import DevstackError
from tools.devstack.state import CHECKOUT, State

VERSION = "3.6.0"
LOCK = Path(__file__).with_name(f"opensearch-{VERSION}.lock")
DOWNLOADS_AT_ONCE = 8
PRIVATE_CACHE = CHECKOUT / ".devstack" / "maven"
SYSTEM_CERTIFICATES = (Path("/etc/ssl/certs/ca-certificates.crt"), Path("/etc/pki/tls/certs/ca-bundle.crt"))
# Module folder -> (plugin class, the module it extends). analysis-common holds edge n-grams and
# synonyms.
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
    """One line of the lock: a folder of the distribution, Maven coordinates, and a checksum."""

    folder: str
    coordinates: str
    sha256: str


def distribution(state: State) -> Path:
    """The home folder of OpenSearch, assembled when it is missing. It is read-only afterwards."""
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()[:8]
    home = state.shared / f"opensearch-{VERSION}-{digest}"
    if not home.exists():
        draft = home.with_name(f"{home.name}.draft")
        shutil.rmtree(draft, ignore_errors=True)
        _assemble(draft)
        draft.rename(home)
    return home


def _assemble(home: Path) -> None:
    for folder in ("plugins", "config", "bin"):
        (home / folder).mkdir(parents=True)
    jars = [Jar(*line.split()) for line in LOCK.read_text().splitlines() if line and not line.startswith("#")]
    # Python's HTTP clients bring their own certificates; those of the machine include the proxies
    # in front of it.
    for bundle in SYSTEM_CERTIFICATES:
        if bundle.exists():
            os.environ.setdefault("REQUESTS_CA_BUNDLE", str(bundle))
    cache = _jar_cache()
    maven = MavenContext(repo_cache=cache, timeout=60)

    def install(jar: Jar) -> None:
        source = _verified(maven, jar)
        target = home / jar.folder / source.name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)

    with (cache / ".devstack.lock").open("w") as lock, ThreadPoolExecutor(DOWNLOADS_AT_ONCE) as pool:
        # Two checkouts that fill the cache at once would read each other's incomplete files.
        fcntl.flock(lock, fcntl.LOCK_EX)
        for _ in track(pool.map(install, jars), f"  OpenSearch {VERSION}, jars", total=len(jars)):
            pass
    for name, (plugin, extends) in MODULES.items():
        descriptor = DESCRIPTOR.format(name=name, version=VERSION, plugin=plugin, extends=extends)
        (home / "modules" / name / "plugin-descriptor.properties").write_text(descriptor)


def _verified(maven: MavenContext, jar: Jar) -> Path:
    """The jar in the local cache. After a wrong checksum it is downloaded once more."""
    group, artifact, version, *classifier = jar.coordinates.split(":")
    for _ in range(2):
        try:
            path = Path(maven.project(group, artifact).at_version(version).artifact(*classifier).resolve())
        except (requests.RequestException, RuntimeError) as error:
            raise DevstackError(
                f"OpenSearch's {jar.coordinates} could not be downloaded: {error}",
                "Check the network, then run the command again: finished downloads are not repeated.",
            ) from error
        if hashlib.sha256(path.read_bytes()).hexdigest() == jar.sha256:
            return path
        path.unlink()
    raise DevstackError(
        f"{jar.coordinates} was downloaded twice, and its checksum differs from the one in {LOCK.name}.",
        "Check what stands between this machine and the Maven repository (a proxy?), then run the command again.",
    )


def _jar_cache() -> Path:
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
