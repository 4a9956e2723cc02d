from decimal import Decimal

from django import template

from foundation.money import format_money

register = template.Library()


@register.filter
def money(amount: Decimal | str | None) -> str:
    """An amount in the shop's currency, as its locale writes it: $1,234.50."""
    return "" if amount in (None, "") else format_money(Decimal(str(amount)))
