from django.apps import AppConfig
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import ImproperlyConfigured
from django.db.backends.signals import connection_created
from django.db.models.signals import post_save, pre_save
from django.utils.module_loading import import_string


class BackendConfig(AppConfig):
    name = "backend"
    verbose_name = "Backend"

    def ready(self) -> None:
        # These need the apps to be loaded.
        from backend.api import sign_in  # noqa: PLC0415
        from backend.observability import metrics, slow_queries  # noqa: PLC0415
        from foundation import replica  # noqa: PLC0415
        from search_api import signals  # noqa: PLC0415
        from search_api.engine import client, dense  # noqa: PLC0415
        from webhooks.signals import attempted  # noqa: PLC0415

        try:
            import_string(settings.STORAGES["default"]["BACKEND"])
        except ImportError as error:
            raise ImproperlyConfigured(
                f"MEDIA_STORAGE must be the name of a class that is installed: {error}"
            ) from error
        client.breaker.on_change = metrics.breaker_open.labels("opensearch").set
        signals.answered.connect(metrics.count_answer)
        attempted.connect(metrics.count_webhook_attempt)
        dense.searched.connect(metrics.count_search_by_meaning)
        if replica.ALIAS in settings.DATABASES:
            replica.breaker.on_change = metrics.breaker_open.labels("replica").set
            replica.read_done.connect(metrics.count_replica_read)
            replica.looked.connect(metrics.set_replica_lag)
        connection_created.connect(slow_queries.watch)
        user_login_failed.connect(sign_in.count_failure)
        pre_save.connect(sign_in.notice_new_password, sender=get_user_model())
        post_save.connect(sign_in.end_tokens_of_old_password, sender=get_user_model())
        if settings.OTEL_EXPORTER_OTLP_ENDPOINT:
            try:
                from backend.observability import tracing  # noqa: PLC0415 - needs optional packages
            except ModuleNotFoundError as error:
                raise ImproperlyConfigured(
                    f"OTEL_EXPORTER_OTLP_ENDPOINT is set, but {error.name} is not installed: "
                    "pip install --require-hashes -r requirements-otel.txt"
                ) from error
            tracing.start()
