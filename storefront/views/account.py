"""Signing in and out."""

from django.contrib.auth import views as auth

from storefront.forms import SignInForm


class SignIn(auth.LoginView):
    """By name and password. The session goes on, and with it the basket."""

    template_name = "storefront/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True


class SignOut(auth.LogoutView):
    """By POST alone, so that no link can do it."""
