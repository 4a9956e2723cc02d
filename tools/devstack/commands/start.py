"""`./dev start NAME...`: bring single processes back after `stop`, or after they died."""

from tools.devstack.commands.named import named
from tools.devstack.console import say


def run(arguments: list[str]) -> int:
    project, processes = named(arguments, "start", "Start some processes; ./dev up starts all.")
    with project.state.lock():
        for process in processes:
            process.start()
            say(f"{process.name} is healthy.")
    return 0
