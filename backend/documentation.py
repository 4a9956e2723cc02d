"""The API's documentation as a page."""

from csp.decorators import csp_update
from django.utils.decorators import method_decorator
from drf_spectacular.views import SpectacularSwaggerSplitView


# Swagger UI styles its elements one by one; it runs no inline script, served like this.
@method_decorator(csp_update({"style-src": ["'unsafe-inline'"]}), name="dispatch")
class SwaggerView(SpectacularSwaggerSplitView):
    """Swagger UI, its script in a file of its own, as the content security policy demands."""
