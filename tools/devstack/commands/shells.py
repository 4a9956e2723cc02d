"""Commands that end in another program, with the addresses of the running stack."""

import os

from tools.devstack.binaries import postgres_home
from tools.devstack.project import Project


def manage(arguments: list[str]) -> int:
    project = Project.of_checkout()
    argv = project.manage_argv(*arguments)
    os.execve(argv[0], argv, project.environment)


def shell(arguments: list[str]) -> int:
    return manage(["shell", *arguments])


def psql(arguments: list[str]) -> int:
    project = Project.of_checkout()
    program = str(postgres_home(project.state) / "bin" / "psql")
    os.execv(program, [program, project.environment["DATABASE_URL"], *arguments])
