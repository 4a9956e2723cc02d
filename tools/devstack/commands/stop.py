"""`./dev stop NAME...`: take single processes away, to see the others cope."""

from tools.devstack.commands.named import named
from tools.devstack.console import say


def run(arguments: list[str]) -> int:
    project, processes = named(arguments, "stop", "Stop some processes; ./dev down stops all.")
    with project.state.lock():
        for process in processes:
            process.stop()
            say(f"{process.name} is stopped.")
    return 0
