"""Real services on this machine, for `./dev up`, tests, chaos runs and benchmarks.

with Stack.throwaway() as stack:
    stack.environment()         # DATABASE_URL, REDIS_URL, OPENSEARCH_URL
    stack.opensearch.pause()    # hang it; also start, stop, kill, resume, restart
"""

from tools.devstack.services.application import Beat, Web, Worker
from tools.devstack.services.base import Server, Service, running_together, start_together, stop_together
from tools.devstack.services.opensearch import OpenSearch, OpenSearchNode
from tools.devstack.services.postgres import Postgres, Standby
from tools.devstack.services.redis import Redis
from tools.devstack.services.stack import Stack, external_services
from tools.devstack.state import State

__all__ = [
    "Beat",
    "OpenSearch",
    "OpenSearchNode",
    "Postgres",
    "Redis",
    "Server",
    "Service",
    "Stack",
    "Standby",
    "State",
    "Web",
    "Worker",
    "external_services",
    "running_together",
    "start_together",
    "stop_together",
]
