from django.urls import path

from search_api.views import ClickView, MultiSearchView, ProductSearchView, SuggestView

urlpatterns = [
    path("search/products/", ProductSearchView.as_view(), name="search-products"),
    path("search/multi/", MultiSearchView.as_view(), name="search-multi"),
    path("search/clicks/", ClickView.as_view(), name="search-clicks"),
    path("search/suggest/", SuggestView.as_view(), name="search-suggest"),
]
