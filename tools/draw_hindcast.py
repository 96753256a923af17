"""Draw docs/hindcast.svg: what the largest flows of both episodes did, and what was predicted of them.

Usage: python tools/draw_hindcast.py [OUT]

Reads only what comes with khorgos.
"""

from __future__ import annotations

import sys
from pathlib import Path

from draw_model_pictures import _sized
from khorgos.ledger.store import open_ledger
from khorgos.report.answers.hindcast import episode_from, hindcast
from khorgos.report.charts import to_svg
from khorgos.report.charts_compare import models
from khorgos.report.shipped import shipped
from khorgos.report.theme import for_picture, stand_in

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "docs" / "hindcast.svg"
#: Flows of each episode: chosen because twice ten fit a screen.
SHOWN = 10
NAMES = {"actual": "actual", "divert 2.5": "diversion, θ = 2.5", "GE 2.5": "GE, θ = 2.5", "GE 4": "GE, θ = 4"}


def draw() -> str:
    """The picture as SVG."""
    ledger = open_ledger(ROOT / "no such ledger")
    rows = []
    for name in shipped("hindcasts"):
        episode = episode_from(name)
        found = hindcast(ledger, episode, draws=1).flows.view.rows
        known = [row for row in found if row["actual"] is not None][:SHOWN]
        span = f"{episode.before}–{str(episode.after)[2:]}"
        rows += [{"flow": f"{row['flow']}, {span}"} | {key: row[key] for key in NAMES} for row in known]
    title = "Change in per cent, relative to the reporter's trade with all partners"
    spec = models(rows, category="flow", names=NAMES, title=title)
    text = (
        "Actual and predicted changes of the ten largest flows of each episode: between the United States and China "
        "most predictions are too large, and with third partners they are small beside what happened."
    )
    padded = {"padding": 12, "background": stand_in("paper"), **spec}
    return _sized(for_picture(to_svg(padded, description=text)))


def main(out: str = str(OUT)) -> None:
    """Write the picture."""
    Path(out).write_text(draw(), encoding="utf-8")
    print(out)


if __name__ == "__main__":
    main(*sys.argv[1:])
