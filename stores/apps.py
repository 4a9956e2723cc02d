from django.apps import AppConfig


class StoresConfig(AppConfig):
    name = "stores"
    verbose_name = "Stores"

    def ready(self) -> None:
        from stores import inventory_cache  # noqa: PLC0415 - models are loaded by now, not before
        from stores.signals import stock_changed  # noqa: PLC0415 - the same

        stock_changed.connect(inventory_cache.forget, dispatch_uid="stores.inventory_cache")
