"""Larkfield, a made-up company that sells software, and its made-up customers."""

from dataclasses import dataclass

PASSWORD = "demo"  # noqa: S105  known to everybody on purpose: these logins exist in demo mode only


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody at Larkfield; `login` is the role's demo login, where there is one."""

    username: str
    name: str
    title: str
    zone: str
    login: str = ""


@dataclass(frozen=True, slots=True)
class Customer:
    """An account, with what Zendesk and Slack call it; an empty tier is a doubt on purpose."""

    key: str
    name: str
    tier: str
    renews_in: int
    amount: int
    owner: str
    zendesk: str
    channel: str


COLLEAGUES = (
    Colleague("operator", "Jonas Weber", "Platform support", "Europe/Berlin", "operator"),
    Colleague("lead", "Dana Okafor", "Head of support", "Europe/London", "lead"),
    Colleague("author", "Lee Tanaka", "Support operations", "Asia/Tokyo", "author"),
    Colleague("approver", "Priya Nair", "Operations policy", "Europe/London", "approver"),
    Colleague("auditor", "Ruth Keller", "Internal audit", "Europe/Zurich", "auditor"),
    Colleague("integrator", "Sam Duarte", "Integrations", "Europe/Lisbon", "integrator"),
    Colleague("admin", "Noor Haddad", "Administrator", "Europe/Berlin", "admin"),
    Colleague("mira", "Mira Lindqvist", "Payments support", "Europe/Stockholm"),
    Colleague("tomas", "Tomas Rehak", "Platform support", "Europe/Prague"),
    Colleague("sofia", "Sofia Marin", "Customer success", "Europe/Madrid"),
    Colleague("adaeze", "Adaeze Obi", "Account management", "Europe/London"),
)

TEAMS = {
    "support": ("Support", ("operator", "tomas", "mira")),
    "payments": ("Payments", ("mira", "tomas")),
    "success": ("Customer success", ("sofia", "adaeze")),
    "support-backup": ("Support backup", ("tomas", "mira")),
    "operations": ("Operations", ("lead", "approver")),
}

CUSTOMERS = (
    Customer("halden-freight", "Halden Freight", "enterprise", 21, 412_000, "adaeze", "8447346622462", "C0HALDEN"),
    Customer("mirabel-clinics", "Mirabel Clinics", "enterprise", 64, 268_000, "sofia", "8447346622470", "C0MIRABEL"),
    Customer("corvid-retail", "Corvid Retail", "enterprise", 140, 310_000, "adaeze", "8447346622481", "C0CORVID"),
    Customer("oststrom-energy", "Oststrom Energy", "enterprise", 34, 198_000, "sofia", "8447346622492", "C0OSTSTROM"),
    Customer("pellan-foods", "Pellan Foods", "business", 210, 88_000, "sofia", "8447346622503", "C0PELLAN"),
    Customer("tessel-bank", "Tessel Bank", "", 16, 96_000, "adaeze", "8447346622514", "C0TESSEL"),
    Customer("norrby-health", "Norrby Health", "business", 120, 142_000, "sofia", "8447346622525", "C0NORRBY"),
    Customer("auric-travel", "Auric Travel", "business", 9, 61_000, "adaeze", "8447346622536", "C0AURIC"),
    Customer(
        "kestrel-logistics", "Kestrel Logistics", "enterprise", 77, 224_000, "adaeze", "8447346622547", "C0KESTREL"
    ),
    Customer("bramble-media", "Bramble Media", "business", 180, 43_000, "sofia", "8447346622558", "C0BRAMBLE"),
    Customer("sable-insurance", "Sable Insurance", "enterprise", 98, 186_000, "adaeze", "8447346622569", "C0SABLE"),
    Customer("quillon-legal", "Quillon Legal", "business", 60, 54_000, "sofia", "8447346622570", "C0QUILLON"),
    Customer("dunmore-steel", "Dunmore Steel", "business", 155, 72_000, "adaeze", "8447346622581", "C0DUNMORE"),
    Customer("evenlode-water", "Evenlode Water", "business", 240, 66_000, "sofia", "8447346622592", "C0EVENLODE"),
    Customer("farrow-sons", "Farrow & Sons", "starter", 300, 18_000, "sofia", "8447346622603", "C0FARROW"),
    Customer("glimmer-games", "Glimmer Games", "business", 130, 58_000, "adaeze", "8447346622614", "C0GLIMMER"),
    Customer("juniper-schools", "Juniper Schools", "business", 28, 39_000, "sofia", "8447346622625", "C0JUNIPER"),
    Customer("lumen-parcel", "Lumen Parcel", "starter", 190, 21_000, "sofia", "8447346622636", "C0LUMEN"),
    Customer("marlow-hotels", "Marlow Hotels", "business", 88, 52_000, "adaeze", "8447346622647", "C0MARLOW"),
    Customer("otter-finance", "Otter Finance", "business", 45, 83_000, "sofia", "8447346622658", "C0OTTER"),
)

# What goes wrong at Larkfield's customers: title, priority as Zendesk says it, and where it is told.
TROUBLES = (
    ("Nobody can sign in", "URGENT", "zendesk"),
    ("Orders charged twice", "URGENT", "zendesk"),
    ("Lab orders not delivered", "URGENT", "zendesk"),
    ("Export stuck since 06:00", "HIGH", "zendesk"),
    ("Payout file rejected", "HIGH", "zendesk"),
    ("Audit log export empty", "HIGH", "trigger"),
    ("Renewal invoice unsynced", "HIGH", "zendesk"),
    ("Publishing blocked", "HIGH", "slack"),
    ("Webhook retries spent", "HIGH", "generic"),
    ("Lead routing drops EU", "HIGH", "trigger"),
    ("Meter data gap, 2 days", "HIGH", "generic"),
    ("Alerts 30 min late", "NORMAL", "generic"),
    ("Report totals 2 % off", "NORMAL", "trigger"),
    ("Statement import slow", "NORMAL", "zendesk"),
    ("Admins lost in sync", "NORMAL", "slack"),
    ("Label printer times out", "NORMAL", "zendesk"),
    ("Duplicate guest profiles", "NORMAL", "trigger"),
    ("Import drops accents", "LOW", "zendesk"),
    ("Fonts missing in PDF", "LOW", "zendesk"),
    ("Wants weekly mail", "LOW", "slack"),
)
