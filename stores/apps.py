from typing import Any

from django.apps import AppConfig


class StoresConfig(AppConfig):
    name = "stores"
    verbose_name = "Stores"

    def ready(self) -> None:
        from stores.signals import stock_changed  # noqa: PLC0415 - models are loaded by now, not before

        stock_changed.connect(_forget_cached, dispatch_uid="stores.inventory_cache")


def _forget_cached(*, store_id: int, **_: Any) -> None:
    from stores import inventory_cache  # noqa: PLC0415 - likewise

    inventory_cache.start_generation(store_id)
