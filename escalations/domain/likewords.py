"""Words that mean the same in exceptions, and words that mean nothing there: English with some German and French."""

import re
import unicodedata
from collections.abc import Sequence

# Anything that names one person, thing or moment: addresses, ids, dates, amounts, quoted names, then every number.
_PARTICULAR = re.compile(
    r"""\b[a-z][a-z0-9+.-]*://\S+                           # an address of a page
    | [\w.+-]+@[\w-]+(?:\.[\w-]+)+                          # a mail address
    | \b(?:[\w-]+\.)+(?:com|org|net|io|dev|local|internal|example|test|eu|de|fr)\b  # a host
    | "[^"]{1,80}" | “[^”]{1,80}” | „[^“”]{1,80}[“”] | «[^»]{1,80}» | `[^`]{1,80}`    # a quoted name
    | (?<!\w)'[^']{1,80}'(?!\w) | (?<!\w)\u2018[^\u2019]{1,80}\u2019(?!\w)
    | [#@][\w-]+                                            # a ticket, a channel, a handle
    | \b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s\d{1,2}\b
    | \b\d{1,2}\.?\s(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b
    | \b[\w-]*\d[\w:./,-]*                                  # numbers, dates, ids: whatever holds a digit
    """,
    re.VERBOSE | re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019]t\b)?")

_SILENT = """
a an the of for on in at to by from with and or is are was were be been has have had it its this that there
we our you your they their not no as per than more over since after before again still now just please hi
hello urgent re fwd fw new via und oder der die das den dem des ein eine einen einem ist sind war wird wurde
nicht kein keine für von vom mit auf bei zu zum zur im am nach seit wir unser unsere sie ihr le la les un
une des du de et est pour dans sur avec par pas ne
"""
_NOTHING = frozenset(_SILENT.split())

# Each line: the word that stands for all, then those that say the same. A word no line knows stands for itself.
_SAME = """
customer client clients customers kunde kunden account accounts konto client
unknown unrecognised unrecognized unidentified unbekannt unbekannter inconnu
fail failed fails failing failure unsuccessful declined fehlgeschlagen échoué échec rejected refused abgelehnt
error errors exception exceptions fehler erreur
pay payment payments zahlung zahlungen paiement paid charge charges charged
invoice invoices rechnung rechnungen facture bill bills
login logins signin anmelden anmeldung connexion authenticate authentication logon
cannot can't unable impossible kann
down outage unavailable offline unreachable ausfall ausgefallen störung nichterreichbar
slow slowly latency sluggish langsam lent delays delayed lag
disk disks volume platte festplatte disque filesystem
space storage speicher speicherplatz
low little wenig knapp insufficient
full voll plein exhausted
database databases datenbank db postgres postgresql
backup backups sicherung sauvegarde
user users benutzer nutzer utilisateur
password passwords passwort kennwort
refund refunds refunded erstattung remboursement reimbursement reimburse
cancel cancelled canceled cancellation cancels kündigung gekündigt terminate annulé
subscription subscriptions abo abonnement plan
ticket tickets anfrage
message messages nachricht email emails mail mails
high hohe hoch hoher élevé elevated
cpu processor prozessor
memory ram arbeitsspeicher
server servers host hosts machine instance node
deploy deployment deployments rollout release
certificate certificates cert zertifikat ssl tls
expire expired expires expiring expiry abgelaufen läuft
export exports ausfuhr
import imports importing
report reports bericht berichte rapport
duplicate duplicates twice doppelt double
owner owners verantwortlich responsable
missing absent fehlt fehlende manquant lacks without
priority priorität severity dringlichkeit
change changed changes updated update updates geändert
assign assigned zugewiesen reassigned
sync syncing synchronisation synchronization synchronise
integration connector
webhook webhooks callback callbacks hook
timeout timeouts timed zeitüberschreitung
"""
_STANDS_FOR = {word: line.split()[0] for line in _SAME.strip().splitlines() for word in line.split()}
_STEM = 6  # letters: "configured" and "configuration" are one word


def plain(text: str, names: Sequence[str] = ()) -> str:
    """The text without what names one person, thing or moment; `names` are taken out wherever they stand as words."""
    text = unicodedata.normalize("NFKC", text[:2000])
    for name in sorted({one.strip() for one in names if len(one.strip()) > 1}, key=lambda one: (-len(one), one)):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?:['\u2019]s)?(?!\w)", " ", text, flags=re.IGNORECASE)
    return " ".join(_WORD.findall(_PARTICULAR.sub(" ", text)))


def stems(text: str) -> tuple[str, ...]:
    """What a plain text is about: its telling words, each once and in one form, in the order of the alphabet."""
    words = (word for word in text.casefold().replace("\u2019", "'").split() if len(word) > 1 and word not in _NOTHING)
    return tuple(sorted({_STANDS_FOR.get(word) or _STANDS_FOR.get(word[:-1]) or word[:_STEM] for word in words}))
