"""What the ledger's admin classes share: history where there is one, and a refusal in words where a form fails."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from escalations.services.errors import Refused
from opsportal.lib.adminkit import PlainFormAdmin, ViewOnlyAdmin


class RecordAdmin(ViewOnlyAdmin):
    """A record of the ledger, to be read."""


class WordsForm(ModelForm):  # type: ignore[type-arg]  # generic only for the type checker
    """A form whose refusals, also the database's own, are errors on the page."""

    def refuse(self, problems: Iterable[tuple[str, str]]) -> None:
        """Put a verb's refusal beside the fields it names."""
        for field, words in problems:
            self.add_error(field if field in self.fields else None, ValidationError(words))


class FormAdmin(PlainFormAdmin):
    """A plain form; what a verb or the database refuses while saving is said, and nothing is written."""

    form = WordsForm

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Save all or nothing. A refusal that no field check foresaw (two people at once) leads back to the form."""
        try:
            with transaction.atomic():
                return super().changeform_view(request, object_id, form_url, extra_context)  # type: ignore[no-any-return]  # untyped base
        except Refused as refused:
            words = "; ".join(refused.problems.values())
        except IntegrityError:
            words = "another row says the same already, or somebody saved at the same moment: look again"
        messages.error(request, f"Nothing was saved: {words}.")
        return redirect(request.get_full_path())
