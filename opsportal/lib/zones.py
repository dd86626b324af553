"""Time zones, as a form offers them."""

import zoneinfo


def zones() -> list[tuple[str, str]]:
    """Every time zone by its name."""
    return [
        (name, name.replace("_", " "))
        for name in sorted(zoneinfo.available_timezones())
        if "/" in name or name == "UTC"
    ]
