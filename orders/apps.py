from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "orders"
    verbose_name = "Orders"

    def ready(self) -> None:
        # The models are loaded by now, not before.
        from orders import selectors, tasks  # noqa: F401, PLC0415 - receivers connect when imported
        from stores import movements  # noqa: PLC0415

        movements.register(selectors.taken_units)
