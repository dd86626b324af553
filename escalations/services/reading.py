"""From stored bytes to what the line considers: read, map, and name what people answered."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from escalations.domain import correlation
from escalations.domain.inputs import Inputs, read
from escalations.models import Signal, Source
from escalations.sources.base import Incoming, Unreadable
from escalations.sources.registry import vendor
from templates_engine.queries import Documents
from templates_engine.spec import mapping
from templates_engine.spec.documents import MappingDocument
from templates_engine.spec.mapping import Mapped
from templates_engine.spec.policies import FactsPolicy

__all__ = ["Unreadable", "about", "keys", "mapping_of", "parts", "payload", "read_signal", "unreadable"]


def parts(kind: str, body: bytes, headers: Mapping[str, str], at: datetime) -> list[Any]:
    """The signals of a delivery; raises Unreadable."""
    speaks = vendor(kind)
    return speaks.split(speaks.payload(Incoming(body, headers, "POST", "", at)))


def payload(signal: Signal) -> Any:
    """What one signal says, as its sender wrote it; raises Unreadable."""
    delivery = signal.delivery
    every = parts(signal.source.kind, bytes(delivery.body), delivery.headers, delivery.received_at)
    return every[min(signal.position, len(every) - 1)]


def about(signal_id: int, source: Source, received_at: datetime) -> dict[str, Any]:
    """How Inputs name the signal and its source."""
    return {
        "signal": signal_id,
        "source": str(source),
        "slug": source.slug,
        "kind": source.kind,
        "received_at": received_at.isoformat(),
    }


def read_signal(
    named: Mapping[str, Any], said: Any, document: MappingDocument, answers: Mapping[str, Any], facts: FactsPolicy
) -> dict[str, Any]:
    """The fields of Inputs that come from the payload alone."""
    mapped: Mapped = mapping.apply(document, said)
    return read(named, mapped, answers, facts)


def keys(fields: Mapping[str, Any], account_id: int) -> list[str]:
    """The keys under which the signal's problem is known; a person who joined it needs none."""
    found = correlation.keys(account_id, fields.get("facts", {}), fields.get("told_by", ()))
    if not found and "join" in fields.get("answers", {}):
        return [f"signal:{fields['signal']}"]
    return list(found)


def unreadable(named: Mapping[str, Any], fault: Unreadable, answers: Mapping[str, Any]) -> Inputs:
    """What is left to consider of a body that nobody can read."""
    return Inputs(**named, unreadable=str(fault), answers=dict(answers))


def mapping_of(documents: Documents, source: Source) -> tuple[MappingDocument, int]:
    """The mapping that reads the source, and its version; raises MissingDocument."""
    return documents.mapping(source.mapping_key), documents.version_id("mapping", source.mapping_key)
