"""`./dev psql`: an SQL shell on the running stack's database."""

import os

from tools.devstack.binaries import postgres_home
from tools.devstack.project import Project


def run(arguments: list[str]) -> int:
    project = Project.of_checkout()
    psql = str(postgres_home(project.state) / "bin" / "psql")
    os.execv(psql, [psql, project.environment["DATABASE_URL"], *arguments])
