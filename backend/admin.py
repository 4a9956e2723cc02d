"""Export and erasure of personal data, as actions on accounts and on orders."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse

from backend import personal_data
from backend.personal_data import Person
from orders.admin import OrderAdmin
from orders.models import Order


class PersonActions(admin.ModelAdmin):
    """Actions on rows that belong to people."""

    def people(self, queryset: QuerySet[Any]) -> Iterable[Person]:
        raise NotImplementedError

    def has_export_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perms(["auth.view_user", "orders.view_order"])

    def has_erase_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perms(["auth.delete_user", "orders.change_order"])

    @admin.action(description="Export the data of these people", permissions=["export"])
    def export_personal_data(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse:
        del request
        response = JsonResponse({"people": [personal_data.export(person) for person in self.people(queryset)]})
        response["Content-Disposition"] = 'attachment; filename="personal-data.json"'
        response["Cache-Control"] = "private, no-store"
        return response

    @admin.action(description="Erase the data of these people", permissions=["erase"])
    def erase_personal_data(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        people = list(self.people(queryset))
        if "confirmed" not in request.POST:
            context = {
                **self.admin_site.each_context(request),
                "title": "Erase the data of these people",
                "opts": self.opts,
                "people": people,
                "selected": [str(key) for key in queryset.values_list("pk", flat=True)],
                "checkbox_name": ACTION_CHECKBOX_NAME,
            }
            return TemplateResponse(request, "admin/erase_people.html", context)
        for person in people:
            try:
                orders = personal_data.erase(person)
            except personal_data.StillStaffError as error:
                self.message_user(request, f"Not erased: {error}.", messages.ERROR)
            else:
                self.message_user(request, f"{person} was erased; {orders} orders stay without a name.")
        return None


class AccountAdmin(PersonActions, UserAdmin):
    actions = ("export_personal_data", "erase_personal_data")

    def people(self, queryset: QuerySet[User]) -> Iterable[Person]:
        return [Person(user) for user in queryset]


class OrderOfPersonAdmin(PersonActions, OrderAdmin):
    actions = (*OrderAdmin.actions, "export_personal_data", "erase_personal_data")

    def people(self, queryset: QuerySet[Order]) -> Iterable[Person]:
        """The people of the orders, each once; an order without an address has none."""
        found: dict[object, Person] = {}
        for order in queryset.select_related("customer"):
            if order.customer:
                found[order.customer.pk] = Person(order.customer)
            elif order.email:
                found[order.email.lower()] = Person(None, order.email)
        return found.values()


for model, cls in ((User, AccountAdmin), (Order, OrderOfPersonAdmin)):
    if admin.site.is_registered(model):
        admin.site.unregister(model)
    admin.site.register(model, cls)
