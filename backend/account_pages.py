"""The shopper's pages for an account of their own: registering, and a new password by e-mail."""

import math
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.password_validation import password_validators_help_texts
from django.contrib.auth.views import RedirectURLMixin
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView
from rest_framework import status

from backend import accounts
from backend.api.accounts import MAX_PASSWORD, SCOPE, NewPasswordView
from backend.api.throttles import caller, hit
from backend.errors import MailUnavailableError
from backend.tasks import queue_reset_codes

BACKEND = "django.contrib.auth.backends.ModelBackend"


def _new_password(label: str) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    return forms.CharField(
        label=label,
        max_length=MAX_PASSWORD,
        strip=False,
        widget=widget,
        help_text=" ".join(password_validators_help_texts()),
    )


def _email() -> forms.EmailField:
    return forms.EmailField(
        label="E-mail address", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )


class RegistrationForm(forms.Form):
    username = forms.CharField(
        max_length=150, widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"})
    )
    email = _email()
    password = _new_password("Password")


class ForgottenForm(forms.Form):
    email = _email()


class NewPasswordForm(forms.Form):
    code = forms.CharField(label="Code from the mail", max_length=200)
    password = _new_password("New password")


@method_decorator([never_cache, sensitive_post_parameters()], name="dispatch")
class AccountPage(FormView):  # type: ignore[type-arg] # generic in its stubs alone
    """A form whose sending is limited as by the API. What the service refuses is shown beside its field."""

    http_method_names = ("get", "head", "options", "post")  # not Django's, which takes a PUT for a POST
    template_name = "backend/account_page.html"
    title = button = hint = ""
    posts = SCOPE  # whose limit counts what is sent

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        wait = hit(self.posts, caller(request))
        if wait is None:
            return super().post(request, *args, **kwargs)
        form = self.get_form()
        form.add_error(None, "You sent too many requests. Wait a moment, then try again.")
        page = self.render_to_response(self.get_context_data(form=form), status=status.HTTP_429_TOO_MANY_REQUESTS)
        page["Retry-After"] = str(math.ceil(wait))
        return page

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            self.carry_out(form)
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        return super().form_valid(form)

    def carry_out(self, form: forms.Form) -> None:
        """Do what the form is for; ValidationError."""
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(title=self.title, button=self.button, hint=self.hint, **kwargs)


class RegisterPage(RedirectURLMixin, AccountPage):
    form_class = RegistrationForm
    title, button, hint = "Create an account", "Create the account", "Your basket stays as it is."
    next_page = "storefront:account"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and request.method in {"GET", "HEAD", "POST"}:
            return redirect(self.get_success_url())
        if not settings.REGISTRATION:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def carry_out(self, form: forms.Form) -> None:
        # The session goes on after signing in, and with it the basket.
        login(self.request, accounts.register(**form.cleaned_data), backend=BACKEND)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(next=self.get_redirect_url(), **kwargs)


class ForgottenPasswordPage(AccountPage):
    """It goes on in the same way whether or not the address has an account."""

    form_class = ForgottenForm
    title, button = "Forgot your password?", "Send me a mail"
    hint = "If an account has this address, it gets a mail with which you choose a new password."
    success_url = reverse_lazy("new-password")

    def carry_out(self, form: forms.Form) -> None:
        try:
            queue_reset_codes(form.cleaned_data["email"])
        except MailUnavailableError as error:
            raise ValidationError(str(error)) from error
        messages.info(self.request, "If an account has this address, a mail is on its way to it.")


class NewPasswordPage(AccountPage):
    """Where the link of the mail leads (PASSWORD_RESET_URL); without one, the code is typed here."""

    form_class = NewPasswordForm
    title, button = "Choose a new password", "Save the password"
    posts = NewPasswordView.throttle_scope
    success_url = reverse_lazy("storefront:sign-in")

    def get_initial(self) -> dict[str, Any]:
        return {"code": self.request.GET.get("code", "")}

    def carry_out(self, form: forms.Form) -> None:
        accounts.reset_password(**form.cleaned_data)
        messages.success(self.request, "Your password is changed. Sign in with the new one.")
