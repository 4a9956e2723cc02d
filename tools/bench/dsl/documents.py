"""Our document, registered with the library."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django_opensearch_dsl import Document
from django_opensearch_dsl.registries import registry

from indexing.documents import ProductDocument, build_documents
from language.analysis import index_settings
from products.models import Category, Product
from stores.models import Inventory

INDEX = "dsl-products"


@registry.register_document
class DslProductDocument(Document):  # type: ignore[misc] # published without types
    class Index:
        name = INDEX
        settings = index_settings(replicas=0, refresh_interval=settings.INDEX_REFRESH_INTERVAL)

    class Django:
        model = Product
        related_models = (Category, Inventory)

    def prepare(self, instance: Product) -> dict[str, Any]:
        """The document of our own sync; `should_index_object` keeps hidden products out."""
        return build_documents([instance.pk])[0]

    def should_index_object(self, object_instance: Product) -> bool:
        return Product.objects.searchable().filter(pk=object_instance.pk).exists()

    def get_instances_from_related(self, related: Category | Inventory) -> Iterable[Product]:
        if isinstance(related, Category):
            return Product.objects.filter(category__path__startswith=related.path)
        return Product.objects.filter(pk=related.product_id)


for name, field in ProductDocument._doc_type.mapping.properties.properties.to_dict().items():  # noqa: SLF001
    DslProductDocument._doc_type.mapping.field(name, field)  # noqa: SLF001 - the same mapping, field by field
