from django.contrib.auth import views as auth

from storefront.forms import SignInForm


class SignIn(auth.LoginView):
    """Sign in by name and password. The session continues, and with it the basket."""

    template_name = "storefront/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True


class SignOut(auth.LogoutView):
    """Sign out, by POST only, so that no link can do it."""
