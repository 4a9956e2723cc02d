from django.apps import AppConfig


class StoresConfig(AppConfig):
    name = "stores"
    verbose_name = "Stores"

    def ready(self) -> None:
        from stores import inventory_cache  # noqa: F401, PLC0415 - its receiver connects when imported
