"""The demo company: people, customers, documents, and signals shaped like real ones."""

from pathlib import Path

CATALOG = Path(__file__).parent / "catalog"
