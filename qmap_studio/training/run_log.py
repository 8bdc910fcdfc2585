"""What a run tells of itself: lines of JSON that are appended to two files of its folder."""

import json
from pathlib import Path
from typing import Any


class RunLog:
    """`metrics.jsonl`, how the run goes, and `refused.jsonl`, steps that were not taken."""

    def __init__(self, folder: Path) -> None:
        self._metrics, self._refused = folder / "metrics.jsonl", folder / "refused.jsonl"

    def add(self, line: dict[str, Any]) -> None:
        _append(self._metrics, line)

    def add_refused(self, line: dict[str, Any]) -> None:
        """Notes a batch that was not stepped on: it can be drawn again from its seed and step."""
        _append(self._refused, line)


def _append(path: Path, line: dict[str, Any]) -> None:
    with path.open("a") as log:
        log.write(json.dumps(line) + "\n")
