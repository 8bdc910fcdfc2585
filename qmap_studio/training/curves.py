"""Validation loss over steps, of every run: a small file that each export adds to, and its plot."""

import json
from pathlib import Path
from typing import Any

from qmap_studio.core.files import atomic_write


def add_run(path: Path, run: Path) -> None:
    """Writes a run folder's validations into the file of curves, in place of what it held of that run."""
    curves: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    recipe = json.loads((run / "recipe.json").read_text())
    lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    points = {line["step"]: line["validation"] for line in lines if "validation" in line}
    curves[run.name] = {
        "before": recipe.get("before", 0),
        "recipe": recipe["recipe"],
        "points": [{"step": step, **points[step]} for step in sorted(points)],
    }
    atomic_write(path, (json.dumps(curves, indent=1) + "\n").encode())


def plot(path: Path) -> None:
    """Draws the file of curves beside it (.png)."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    for name, run in json.loads(path.read_text()).items():
        steps = [run["before"] + point["step"] for point in run["points"]]
        axes.plot(steps, [point["loss"] for point in run["points"]], marker=".", label=name)
    axes.set_xlabel("training steps")
    axes.set_ylabel("loss on held-out photos")
    axes.grid(alpha=0.3)
    axes.legend(title="run")
    figure.savefig(path.with_suffix(".png"), dpi=110)
