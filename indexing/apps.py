from django.apps import AppConfig
from django.db.models.signals import post_delete, post_save


class IndexingConfig(AppConfig):
    name = "indexing"
    verbose_name = "Indexing"

    def ready(self) -> None:
        from indexing.queueing import request_sync  # noqa: PLC0415 - models are loaded by now, not before
        from products.models import Category, Product  # noqa: PLC0415 - the same
        from products.signals import products_changed  # noqa: PLC0415 - the same
        from stores.models import Inventory  # noqa: PLC0415 - the same
        from stores.signals import stock_changed  # noqa: PLC0415 - the same

        for changed in (products_changed, stock_changed):
            changed.connect(request_sync, dispatch_uid="indexing")
        for model in (Product, Category, Inventory):
            post_save.connect(request_sync, sender=model, dispatch_uid="indexing")
            post_delete.connect(request_sync, sender=model, dispatch_uid="indexing")
