"""Reading documents: the live set as one bundle, parsed once per process and change."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import cast

from templates_engine.models import Version
from templates_engine.spec.documents import (
    AuthorityPolicy,
    Document,
    FactsPolicy,
    MappingDocument,
    OwnershipPolicy,
    RankingPolicy,
    SlaPolicy,
    Template,
    load,
)

Stamp = tuple[tuple[int, str], ...]


class MissingDocument(LookupError):
    """A document that the line needs is not active; says which, and what to do."""

    def __init__(self, kind: str, key: str = "") -> None:
        super().__init__(f"no {kind} document {key!r} is active: load_catalog brings the shipped ones")


@dataclass(frozen=True, slots=True)
class Documents:
    """The active documents, parsed; templates in their order."""

    templates: tuple[Template, ...]
    mappings: dict[str, MappingDocument]
    policies: dict[str, Document]
    ids: dict[tuple[str, str], int] = field(default_factory=dict)
    digests: dict[tuple[str, str], str] = field(default_factory=dict)

    def mapping(self, key: str) -> MappingDocument:
        """The mapping of a key; raises MissingDocument."""
        try:
            return self.mappings[key]
        except KeyError:
            raise MissingDocument("mapping", key) from None

    def version_id(self, kind: str, key: str) -> int:
        """The row of the active version."""
        return self.ids[kind, key]

    def digest(self, kind: str, key: str) -> str:
        """The content hash of the active version."""
        return self.digests[kind, key]

    def replacing(self, document: Document, digest: str, version_id: int = 0) -> "Documents":
        """The same bundle with one document put in its place: a policy takes the place of its kind."""
        kind, key = document.kind, document.key
        out = {one for one in self.ids if one[0] == kind and (one[1] == key or kind not in ("template", "mapping"))}
        templates, mappings, policies = self.templates, self.mappings, self.policies
        match document:
            case Template():
                kept = [one for one in templates if one.key != key]
                templates = tuple(sorted([*kept, document], key=lambda one: (one.order, one.key)))
            case MappingDocument():
                mappings = {**mappings, key: document}
            case _:
                policies = {**policies, kind: document}
        return Documents(
            templates,
            mappings,
            policies,
            {name: pk for name, pk in self.ids.items() if name not in out} | {(kind, key): version_id},
            {name: one for name, one in self.digests.items() if name not in out} | {(kind, key): digest},
        )

    def _policy(self, kind: str) -> Document:
        try:
            return self.policies[kind]
        except KeyError:
            raise MissingDocument(kind) from None

    @property
    def facts(self) -> FactsPolicy:
        """The declared facts."""
        return cast("FactsPolicy", self._policy("facts"))

    @property
    def authority(self) -> AuthorityPolicy:
        """The source of truth per field."""
        return cast("AuthorityPolicy", self._policy("authority"))

    @property
    def ownership(self) -> OwnershipPolicy:
        """Last owner, reviewers, reminders."""
        return cast("OwnershipPolicy", self._policy("ownership"))

    @property
    def sla(self) -> SlaPolicy:
        """Clocks by severity."""
        return cast("SlaPolicy", self._policy("sla"))

    @property
    def ranking(self) -> RankingPolicy:
        """Head starts."""
        return cast("RankingPolicy", self._policy("ranking"))


def active_documents() -> Documents:
    """The live set: one small query, parsed again only when a version became active or retired."""
    rows = Version.objects.filter(state=Version.State.ACTIVE).order_by("pk").values_list("pk", "digest")
    return _bundle(tuple(rows))


def documents_of(ids: Iterable[int]) -> Documents:
    """The bundle of given versions, as they were live together at some time; of one document the last one holds."""
    rows = Version.objects.filter(pk__in=list(ids)).order_by("pk").values_list("pk", "digest")
    return _bundle(tuple(rows))


def documents_with(documents: Documents, version_id: int) -> Documents:
    """The bundle with one version in place of what it holds of the same document; of a policy in place of its kind."""
    version = Version.objects.select_related("document").get(pk=version_id)
    return documents.replacing(_parsed(version.pk, version.digest), version.digest, version.pk)


@lru_cache(maxsize=64)
def _bundle(stamp: Stamp) -> Documents:
    templates: list[Template] = []
    mappings: dict[str, MappingDocument] = {}
    policies: dict[str, Document] = {}
    ids: dict[tuple[str, str], int] = {}
    digests: dict[tuple[str, str], str] = {}
    for version in Version.objects.filter(pk__in=[pk for pk, _ in stamp]).select_related("document"):
        parsed = _parsed(version.pk, version.digest)
        ids[version.document.kind, version.document.key] = version.pk
        digests[version.document.kind, version.document.key] = version.digest
        match parsed:
            case Template():
                templates.append(parsed)
            case MappingDocument():
                mappings[parsed.key] = parsed
            case _:
                policies[parsed.kind] = parsed
    templates.sort(key=lambda one: (one.order, one.key))
    return Documents(tuple(templates), mappings, policies, ids, digests)


def template_of(version_id: int) -> Template:
    """The template of a version that never changes, whatever is active now."""
    digest = _digests(version_id)
    return cast("Template", _parsed(version_id, digest))


@lru_cache(maxsize=4096)
def _digests(version_id: int) -> str:
    return Version.objects.values_list("digest", flat=True).get(pk=version_id)


@lru_cache(maxsize=1024)
def _parsed(version_id: int, digest: str) -> Document:
    return load(Version.objects.values_list("body", flat=True).get(pk=version_id))
