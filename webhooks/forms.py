from typing import TYPE_CHECKING, Any

from django import forms

from webhooks import addresses
from webhooks.errors import BadUrlError
from webhooks.models import Kind, Subscription

if TYPE_CHECKING:  # at run time it takes no type argument
    _SubscriptionForm = forms.ModelForm[Subscription]
else:
    _SubscriptionForm = forms.ModelForm


class SubscriptionForm(_SubscriptionForm):
    kinds = forms.MultipleChoiceField(choices=Kind.choices, widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = Subscription
        fields: Any = ("name", "url", "kinds", "low_stock", "active")

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        try:
            addresses.check_url(url)
        except BadUrlError as error:
            raise forms.ValidationError(str(error)) from None
        return url
