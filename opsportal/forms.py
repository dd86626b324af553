"""The portal's own forms: the first administrator, and what a reader sets for himself."""

from django import forms
from django.contrib.auth import password_validation
from django.contrib.auth.models import User
from django.core.validators import validate_slug

from opsportal.lib.zones import zones


class ZoneForm(forms.Form):
    """The reader's time zone."""

    time_zone = forms.ChoiceField(choices=zones, label="Time zone")


class FirstRunForm(forms.Form):
    """The first administrator."""

    username = forms.CharField(max_length=150, validators=[validate_slug], help_text="Letters, digits, - and _.")
    name = forms.CharField(max_length=120, label="Your name")
    email = forms.EmailField(label="Mail address")
    password = forms.CharField(widget=forms.PasswordInput, strip=False)
    again = forms.CharField(widget=forms.PasswordInput, strip=False, label="Password again")
    time_zone = forms.ChoiceField(choices=zones, label="Time zone", initial="UTC")

    def clean_username(self) -> str:
        """A login of that name may be there without being an administrator."""
        username: str = self.cleaned_data["username"]
        if User.objects.filter(username=username).exists():
            raise forms.ValidationError("There is a login of that name already.")
        return username

    def clean_password(self) -> str:
        """Held to the same rules as every later password."""
        password: str = self.cleaned_data["password"]
        password_validation.validate_password(password)
        return password

    def clean(self) -> None:
        """Both passwords are the same."""
        super().clean()
        if self.cleaned_data.get("password") != self.cleaned_data.get("again"):
            self.add_error("again", "The two passwords differ.")
