from django.apps import AppConfig


class SearchApiConfig(AppConfig):
    name = "search_api"
    verbose_name = "Search"

    def ready(self) -> None:
        from search_api import signals, tasks  # noqa: F401, PLC0415 - receivers connect when imported, after the models
