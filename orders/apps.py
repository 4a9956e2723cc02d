from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "orders"
    verbose_name = "Orders"

    def ready(self) -> None:
        from orders import selectors, tasks  # noqa: PLC0415 - models are loaded by now, not before
        from orders.signals import order_confirmed  # noqa: PLC0415 - the same
        from stores import movements  # noqa: PLC0415 - the same

        movements.register(selectors.taken_units)
        order_confirmed.connect(tasks.queue_confirmation, dispatch_uid="orders.queue_confirmation")
