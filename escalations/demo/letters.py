"""Signals as the vendors send them: bodies shaped like their real webhooks, filled with Larkfield's troubles.

Shapes: Zendesk event webhook (ticket.created) and trigger webhook, Slack Events API message, and the
documented simple shape of the generic source. Knows nothing of the portal but what a sender would.
"""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Trouble:
    """What goes wrong, at whom, how badly, and where it is told."""

    title: str
    priority: str
    told: str
    customer: str
    organisation: str
    channel: str
    ticket: int


@dataclass(frozen=True, slots=True)
class Letter:
    """One webhook: the source it goes to, its body and the sender's own id."""

    source: str
    body: bytes
    id: str


def write(trouble: Trouble, now: datetime) -> Letter:
    """The webhook that tells of the trouble."""
    number = str(uuid.uuid4())
    shape = {"zendesk": _event, "trigger": _trigger, "slack": _slack}.get(trouble.told, _generic)
    body = json.dumps(shape(trouble, now, number), ensure_ascii=False).encode()
    source = {"zendesk": "zendesk", "trigger": "zendesk", "slack": "slack"}.get(trouble.told, "monitoring")
    return Letter(source, body, number)


def _event(trouble: Trouble, now: datetime, number: str) -> Mapping[str, Any]:
    stamp = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "account_id": 22129848,
        "detail": {
            "created_at": stamp,
            "description": f"{trouble.title}. It began this morning and stops people from working.",
            "external_id": None,
            "id": str(trouble.ticket),
            "is_public": True,
            "organization_id": trouble.organisation,
            "priority": trouble.priority,
            "requester_id": "8447388090494",
            "status": "OPEN",
            "subject": trouble.title,
            "tags": ["demo"],
            "type": "INCIDENT",
            "updated_at": stamp,
            "via": {"channel": "web_service"},
        },
        "event": {},
        "id": number,
        "subject": f"zen:ticket:{trouble.ticket}",
        "time": now.strftime("%Y-%m-%dT%H:%M:%S.%f000Z"),
        "type": "zen:event-type:ticket.created",
        "zendesk_event_version": "2022-11-06",
    }


def _trigger(trouble: Trouble, now: datetime, number: str) -> Mapping[str, Any]:
    return {
        "ticket_id": str(trouble.ticket),
        "ticket_title": trouble.title,
        "ticket_description": f"{trouble.title}. Reported by the customer's administrator.",
        "ticket_url": f"larkfield.example/agent/tickets/{trouble.ticket}",
        "ticket_status": "Open",
        "ticket_priority": trouble.priority.title(),
        "requester_full_name": "Customer administrator",
        "organization_id": trouble.organisation,
        "organization_name": trouble.customer,
        "created_at": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "updated_at": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "ticket_type": "Incident",
        "tags": "demo incident",
    }


def _slack(trouble: Trouble, now: datetime, number: str) -> Mapping[str, Any]:
    stamp = f"{now.timestamp():.6f}"
    return {
        "token": "unused",
        "team_id": "T0LARKFIELD",
        "api_app_id": "A0OPSPORTAL",
        "event": {
            "client_msg_id": number,
            "type": "message",
            "text": trouble.title,
            "user": "W0CUSTOMER",
            "ts": stamp,
            "team": "T0LARKFIELD",
            "channel": trouble.channel,
            "event_ts": stamp,
            "channel_type": "channel",
        },
        "type": "event_callback",
        "event_id": f"Ev{number.replace('-', '')[:12].upper()}",
        "event_time": int(now.timestamp()),
    }


def _generic(trouble: Trouble, now: datetime, number: str) -> Mapping[str, Any]:
    return {
        "id": number,
        "account": trouble.customer,
        "title": trouble.title,
        "severity": {"URGENT": "critical"}.get(trouble.priority, trouble.priority.lower()),
        "problem": trouble.title,
        "status": "firing",
        "occurred_at": now.isoformat(),
    }
