from django.apps import AppConfig
from django.contrib.auth.signals import user_login_failed
from django.db.backends.signals import connection_created


class BackendConfig(AppConfig):
    name = "backend"
    verbose_name = "Backend"

    def ready(self) -> None:
        """Connect what watches the rest of the project."""
        from backend import sign_in, slow_queries  # noqa: PLC0415 - they need the apps

        connection_created.connect(slow_queries.watch)
        user_login_failed.connect(sign_in.count_failure)
