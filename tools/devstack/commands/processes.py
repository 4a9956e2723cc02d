"""Commands that stop and start processes of the running stack, or show their logs."""

import argparse
import subprocess

from tools.devstack.console import say
from tools.devstack.project import Project
from tools.devstack.services import Service, State
from tools.devstack.throwaway import check_no_run, remove_kept


def start(arguments: list[str]) -> int:
    project, processes = _named(arguments, "start", "Start some processes; ./dev up starts all.")
    return _start(project, processes)


def stop(arguments: list[str]) -> int:
    project, processes = _named(arguments, "stop", "Stop some processes; ./dev down stops all.")
    return _stop(project, processes)


def restart(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser("./dev restart", description="Stop and start some processes.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="default: web server, workers, beat")
    names = parser.parse_args(arguments).names
    project = Project.of_checkout()
    processes = [project.process(name) for name in names] or project.application
    return _stop(project, processes) or _start(project, processes)


def logs(arguments: list[str]) -> int:
    project = Project.of_checkout()
    parser = argparse.ArgumentParser("./dev logs", description="Show the log of a process.")
    parser.add_argument("name", choices=[process.name for process in project.processes])
    parser.add_argument("-f", "--follow", action="store_true", help="show new lines as they are written")
    parser.add_argument("-n", "--lines", type=int, default=100, help="how many lines (default 100)")
    options = parser.parse_args(arguments)
    log = project.process(options.name).process.log
    if not log.exists():
        say(f"{options.name} has no log: it has never been started here.")
        return 1
    return subprocess.call(["tail", "-n", str(options.lines), *(["-f"] if options.follow else []), str(log)])


def down(arguments: list[str]) -> int:
    argparse.ArgumentParser("./dev down", description="Stop everything that up started.").parse_args(arguments)
    with State.of_checkout().lock():
        stopped = Project.of_checkout().stop()
    if remove_kept():
        stopped.append("the services kept by `test --keep`")
    say(f"Stopped: {', '.join(stopped)}." if stopped else "Nothing was running.")
    return 0


def reset(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser("./dev reset", description="Stop everything and remove all data of this stack.")
    parser.add_argument("--yes", action="store_true", help="do not ask for confirmation")
    options = parser.parse_args(arguments)
    project = Project.of_checkout()
    if not options.yes:
        try:
            answer = input(f"Remove the database, the index and all logs in {project.state.folder}? [y/N] ")
        except EOFError:
            answer = ""
        if answer.strip().lower() not in {"y", "yes"}:
            say("Nothing was removed.")
            return 1
    with project.state.lock():
        check_no_run()
        project.stop()
        remove_kept()
        project.state.remove()
    say("Removed. ./dev up starts with an empty stack.")
    return 0


def _named(arguments: list[str], command: str, description: str) -> tuple[Project, list[Service]]:
    parser = argparse.ArgumentParser(f"./dev {command}", description=description)
    parser.add_argument("names", nargs="+", metavar="NAME")
    names = parser.parse_args(arguments).names
    project = Project.of_checkout()
    return project, [project.process(name) for name in names]


def _start(project: Project, processes: list[Service]) -> int:
    with project.state.lock():
        for process in processes:
            process.start()
            say(f"{process.name} is healthy.")
    return 0


def _stop(project: Project, processes: list[Service]) -> int:
    with project.state.lock():
        for process in processes:
            process.stop()
            say(f"{process.name} is stopped.")
    return 0
