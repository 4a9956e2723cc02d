from django.urls import path

from search_api.views import ProductSearchView, SuggestView

urlpatterns = [
    path("search/products/", ProductSearchView.as_view(), name="search-products"),
    path("search/suggest/", SuggestView.as_view(), name="search-suggest"),
]
