"""`./dev shell`: Django's shell on the running stack."""

from tools.devstack.commands import manage


def run(arguments: list[str]) -> int:
    return manage.run(["shell", *arguments])
