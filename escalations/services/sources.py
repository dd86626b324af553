"""Connecting systems that send us signals."""

import secrets as random_secrets

from escalations.models import Source
from escalations.services.errors import Refused
from escalations.sources.registry import KINDS
from opsportal.audit.acting import acting
from templates_engine.queries import active_documents


def connect(
    *,
    kind: str,
    slug: str,
    name: str = "",
    secrets: tuple[str, ...] = (),
    unsigned: bool = False,
    mapping_key: str = "",
    key_path: str = "",
) -> tuple[Source, str]:
    """Make a source, or give one its new secrets; returns it with the secret when one was made here."""
    if kind not in KINDS:
        raise Refused({"kind": f"{kind!r} is none of {', '.join(sorted(KINDS))}"})
    if any(not one.removeprefix("whsec_").strip() for one in secrets):
        raise Refused({"secrets": "an empty secret would let anybody sign"})
    source = Source.objects.filter(slug=slug).first() or Source(slug=slug, kind=kind)
    if source.kind != kind:
        raise Refused({"slug": f"{slug} is a source of kind {source.kind} already"})
    wanted = mapping_key or source.mapping_key or kind
    active = active_documents().mappings
    # Before a catalog is loaded there is nothing to compare with; its signals wait until one is.
    if active and wanted not in active:
        raise Refused({"mapping": f"no mapping document {wanted!r} is active; active are {', '.join(sorted(active))}"})
    source.name = name or source.name or slug
    source.unsigned = unsigned
    source.mapping_key = wanted
    source.key_path = key_path or source.key_path
    made = ""
    if not unsigned and not secrets and not source.sealed_secrets:
        made = random_secrets.token_urlsafe(32)
        secrets = (made,)
    if secrets:
        source.seal_secrets(*secrets)
    with acting(reason="source connected"):
        source.save()
    return source, made
