"""Who may do what to a version, in words: for verbs to refuse with, and for buttons that stay disabled with a reason.

Nobody signs what they had a hand in; being an administrator changes nothing about that.
"""

from collections.abc import Callable
from functools import cached_property

from django.contrib.auth.models import User
from django.db.models import Q

from templates_engine.models import Contribution, Version
from templates_engine.spec import lifecycle
from templates_engine.spec.lifecycle import Verb

DRAFTS = "templates_engine.add_version"
SIGNS = "templates_engine.change_version"
READS = "templates_engine.view_version"
# What a screen asks about; the rest of the table is done by the machine.
ASKED = tuple(verb for verb in Verb if verb not in (Verb.TAKE_EFFECT, Verb.REPLACE))
NAMED = 3


def approvers() -> list[User]:
    """Everybody who may sign versions at all, by name."""
    return sorted(User.objects.with_perm(SIGNS, include_superusers=True).distinct(), key=_name)


def hands(version: Version) -> set[int]:
    """Ids of everybody who had a hand in the text: its contributors, and those of its unsigned twins.

    A twin is a version of the same document with the same content that nobody ever signed: whoever wrote the text there
    wrote it here too.
    """
    twins = Q(version__document=version.document_id, version__digest=version.digest, version__approved_at=None)
    # A shipped text that is active without a signature was nobody's; an emergency copies one that was signed.
    twins &= Q(version__activated_at=None)
    ids = Contribution.objects.filter(Q(version=version) | twins).values_list("user_id", flat=True)
    return {one for one in (*ids, version.author_id, version.submitted_by_id) if one is not None}


def can_decide(version: Version) -> list[User]:
    """Those who may sign this one: approvers without a hand in it."""
    taken = hands(version)
    return [one for one in approvers() if one.pk not in taken]


def why_not(version: Version, user: User, verb: str) -> str:
    """Empty where the user may; otherwise one sentence with the reason, and who could."""
    return _Standing(version, user).why_not(verb)


def may(version: Version, user: User) -> dict[str, str]:
    """For each verb empty where it is allowed now, otherwise the sentence why not."""
    standing = _Standing(version, user)
    found: dict[str, str] = {}
    for verb in ASKED:
        try:
            lifecycle.move(version.state, verb)
            found[verb.value] = standing.why_not(verb)
        except lifecycle.NotAllowed as fault:
            found[verb.value] = f"{version} {fault}"
    return found


class _Standing:
    """How one user stands to one version; each question is asked of the database once."""

    def __init__(self, version: Version, user: User) -> None:
        self.version, self.user = version, user

    @cached_property
    def hands(self) -> set[int]:
        return hands(self.version)

    @cached_property
    def others(self) -> str:
        names = [_name(one) for one in can_decide(self.version) if one.pk != self.user.pk]
        more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
        return (
            f" {', '.join(names[:NAMED])}{more} can." if names else " Nobody else can yet: an admin names an approver."
        )

    @property
    def is_author(self) -> bool:
        return self.user.pk in self.hands

    def why_not(self, verb: str) -> str:
        if not self.user.is_active:
            return "Your login is not active."
        return _RULES.get(verb, _Standing.drafts)(self)

    def drafts(self) -> str:
        if self.user.has_perm(DRAFTS) or self.is_author:
            return ""
        return "You can not edit documents: ask an author."

    def recalls(self) -> str:
        return "" if self.is_author else "Only its authors recall a version; you can send it back."

    def signs(self) -> str:
        if self.is_author:
            return f"You wrote this version, so you can not sign it.{self.others}"
        if not self.user.has_perm(SIGNS):
            return f"You can not decide about versions.{self.others}"
        if self.version.author_id is None:
            return "It has no author yet, so nobody could be told apart from them: an author submits it."
        return ""

    def countersigns(self) -> str:
        if not self.version.emergency:
            return f"{self.version} was signed before it came to work: it needs no second signature."
        return "It was countersigned already." if self.version.second_at else self.signs()

    def activates(self) -> str:
        if self.user.has_perm(SIGNS) or (self.user.has_perm(DRAFTS) and self.is_author):
            return ""
        return "Its authors and approvers activate a signed version."

    def retires(self) -> str:
        if not self.user.has_perm(SIGNS):
            return f"You can not retire versions.{self.others}"
        if self.version.state == Version.State.ACTIVE and self.version.document.rules_alone:
            return "A policy is replaced by a new version of it, never taken away: the line needs one."
        return ""

    def asks_again(self) -> str:
        if self.version.activated_at is None:
            return f"{self.version} was never at work: there is nothing to go back to."
        return "" if self.user.has_perm(DRAFTS) or self.user.has_perm(SIGNS) else "You can not ask for another version."

    def rescues(self) -> str:
        if self.version.activated_at is None:
            return f"{self.version} was never at work: there is nothing to go back to."
        if not self.user.has_perm(SIGNS):
            return f"You can not put a version to work at once.{self.others}"
        return ""

    def reads(self) -> str:
        return "" if self.user.has_perm(READS) else "You can not read documents."


def _name(user: User) -> str:
    return user.get_full_name() or user.get_username()


_RULES: dict[str, Callable[[_Standing], str]] = {
    Verb.RECALL: _Standing.recalls,
    Verb.SEND_BACK: _Standing.signs,
    Verb.APPROVE: _Standing.signs,
    Verb.COUNTERSIGN: _Standing.countersigns,
    Verb.ACTIVATE: _Standing.activates,
    Verb.START_PILOT: _Standing.activates,
    Verb.END_PILOT: _Standing.activates,
    Verb.RETIRE: _Standing.retires,
    Verb.ROLL_BACK: _Standing.asks_again,
    Verb.EMERGENCY_ROLL_BACK: _Standing.rescues,
    Verb.REMARK: _Standing.reads,
}
