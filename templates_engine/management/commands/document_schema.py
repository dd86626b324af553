"""Print the JSON Schema of documents."""

import json
from typing import Any

from django.core.management.base import BaseCommand

from templates_engine.spec.schema import json_schema


class Command(BaseCommand):
    """For editors that complete and check while one types."""

    help = "Print the JSON Schema of all documents. Example: manage.py document_schema > documents.schema.json"

    def handle(self, *args: Any, **options: Any) -> None:
        """The schema, indented, nothing else."""
        self.stdout.write(json.dumps(json_schema(), indent=2, ensure_ascii=False))
