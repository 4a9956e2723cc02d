"""`./dev example`: pages that use the API from another origin, as your own front end would."""

import argparse
import os
import subprocess

from tools.devstack import interrupts
from tools.devstack.commands import up
from tools.devstack.console import say
from tools.devstack.errors import DevstackError
from tools.devstack.node_packages import CLIENTS, install_node_packages, run_npm
from tools.devstack.project import EXAMPLES_ORIGIN, Project

PAGES = {
    "js": "js/",
    "widgets": "js/every-widget.html",
    "react": "react/",
    "vue": "vue/",
    "autocomplete": "autocomplete/",
    "box": "box/",
}


def run(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser("./dev example", description="Serve the example front ends; starts the shop too.")
    parser.add_argument("page", nargs="?", choices=PAGES, help="whose address is printed (default: a list of all)")
    parser.add_argument("--attribute", metavar="CODE", default="colour", help="of products, to filter by")
    options = parser.parse_args(arguments)
    install_node_packages()
    project = Project.of_checkout()
    if not project.web.answers() and (failed := up.run(["--detach"])):
        return failed
    built = run_npm("run", "build", "--workspace", "searchlight-instantsearch")
    if built.returncode:
        raise DevstackError("The adapter could not be compiled.", "correct its code.", built.stdout + built.stderr)
    settings = {"VITE_SHOP": project.web.url.rstrip("/"), "VITE_ATTRIBUTE": options.attribute}
    say(f"\nThe example: {EXAMPLES_ORIGIN}/{PAGES.get(options.page, '')}   Ctrl-C stops it; ./dev down stops the shop.")
    # Not by npm, which leaves the server running when it is ended.
    server = ["node", str(CLIENTS / "node_modules" / "vite" / "bin" / "vite.js")]
    return interrupts.wait_for(subprocess.Popen(server, cwd=CLIENTS / "examples", env={**os.environ, **settings}))
