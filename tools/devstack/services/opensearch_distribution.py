"""OpenSearch put together from its published jars: no download of a distribution, no Docker.

The lock file names every jar with its sha256; modules and plugins are unpacked the way the official
distribution lays them out.
"""

import hashlib
import shutil
from pathlib import Path

from tools.devstack import maven
from tools.devstack.account import service_account
from tools.devstack.state import State

VERSION = "3.6.0"
LOCK = Path(__file__).with_name(f"opensearch-{VERSION}.lock")
# Module folder -> (plugin class, the module it extends). analysis-common holds edge n-grams and
# synonyms; the k-NN plugin takes libraries from transport-grpc, which opens no port unless it is
# configured.
MODULES = {
    "lang-painless": ("org.opensearch.painless.PainlessModulePlugin", ""),
    "analysis-common": ("org.opensearch.analysis.common.CommonAnalysisModulePlugin", "lang-painless"),
    "transport-netty4": ("org.opensearch.transport.Netty4ModulePlugin", ""),
    "transport-grpc": ("org.opensearch.transport.grpc.GrpcPlugin", ""),
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


def distribution(state: State) -> Path:
    """The home folder of OpenSearch, assembled when it is missing. It is read-only afterwards."""
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()[:8]
    home = state.shared / f"opensearch-{VERSION}-{digest}"
    if not home.exists():
        draft = home.with_name(f"{home.name}.draft")
        shutil.rmtree(draft, ignore_errors=True)
        _assemble(draft)
        draft.rename(home)
    account = service_account()
    if account and not account.can_enter(home):
        account.let_in(home)
    return home


def _assemble(home: Path) -> None:
    for folder in ("plugins", "config", "bin"):
        (home / folder).mkdir(parents=True)
    maven.fetch(LOCK, home, f"OpenSearch {VERSION}, jars")
    for name, (plugin, extends) in MODULES.items():
        descriptor = DESCRIPTOR.format(name=name, version=VERSION, plugin=plugin, extends=extends)
        (home / "modules" / name / "plugin-descriptor.properties").write_text(descriptor)
