"""`./dev manage ...`: manage.py with the addresses of the running stack."""

import os

from tools.devstack.project import Project


def run(arguments: list[str]) -> int:
    project = Project.of_checkout()
    argv = project.manage_argv(*arguments)
    os.execve(argv[0], argv, project.environment)
