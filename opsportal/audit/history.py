"""simple-history, filled from the acting scope instead of thread locals and sticky attributes."""

from __future__ import annotations

from typing import Any

from django.db import models
from simple_history.models import HistoricalRecords as BaseRecords

from opsportal.audit.acting import current


def _act_name() -> str:
    return current().name[:150]


def _act_door() -> str:
    return current().door[:20]


def _act_id() -> str:
    return current().id


class ActFields(models.Model):
    """What every history row says beside the values: a name that outlives the login, the door, the act."""

    history_actor = models.CharField(max_length=150, default=_act_name)
    history_door = models.CharField(max_length=20, default=_act_door)
    history_act = models.CharField(max_length=32, default=_act_id)

    class Meta:
        abstract = True


def _act_login() -> int | None:
    return current().user_id


class HistoricalRecords(BaseRecords):
    """History with the act on each row, big keys, and no index but those that reads use."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("bases", (ActFields,))
        kwargs.setdefault("history_id_field", models.BigAutoField())
        kwargs.setdefault("history_user_id_field", models.BigIntegerField(null=True, default=_act_login))
        super().__init__(**kwargs)

    def copy_fields(self, model: type[models.Model]) -> dict[str, Any]:
        """Drop the index of every copied column but the key's: history is read by record and by time."""
        fields: dict[str, Any] = super().copy_fields(model)
        for name, field in fields.items():
            if name != model._meta.pk.name:
                field.db_index = False
        return fields

    def get_history_user(self, instance: models.Model) -> None:
        """The column's default takes the login from the act."""

    def get_change_reason_for_object(self, instance: models.Model, history_type: str, using: str | None) -> str:
        """The act's reason, never a value left on the instance by an earlier save."""
        return current().reason
