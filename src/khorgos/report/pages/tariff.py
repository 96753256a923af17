"""A timeline of added duties as one HTML page: a step chart, the steps, and the acts that made them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from khorgos.core.tariffs import TariffMeasure
from khorgos.core.version import __version__
from khorgos.measures.tariffs import Step
from khorgos.report.answers.tariff_over_time import Timeline
from khorgos.report.charts_steps import steps as step_chart
from khorgos.report.naming import name as in_prose
from khorgos.report.page import Figure, Headline, Number, Prose, Report, Section, to_html
from khorgos.report.pages.figures import drawn
from khorgos.report.pages.outside import act_row
from khorgos.report.view import Column


def page(made: Timeline, *, today: dt.date | None = None) -> str:
    """The page.

    Args:
        made: the timeline.
        today: the day printed on it; the clock's where left out.

    Returns:
        HTML that needs no network and no script.
    """
    asked, steps = made.asked, made.steps
    peak, last = max(steps, key=lambda step: step.high), steps[-1]
    view = made.table.view
    listed = made.changes.view
    acts = replace(listed, columns=(*listed.columns[:-1], Column("legal", "Act")))
    changes = Figure("changes", "Every measure that begins or ends", acts, _credit(made))
    sections = (
        Section("steps", "Over time", (), (duties(made),), tuple(view.notes)),
        Section("acts", "What changed, and by which act", (), (changes,)),
    )
    report = Report(
        title=view.title,
        deck=(
            f"What {in_prose(asked.imposer)} adds to the ordinary duty on {asked.goods} of {in_prose(asked.target)}, "
            f"from {steps[0].begins} to {last.ends}: at most ",
            _number(made, peak, peak.high),
            f" on average, from {peak.begins}; ",
            _number(made, last, last.high),
            f" since {last.begins}.",
        ),
        made=today or dt.datetime.now(tz=dt.UTC).date(),
        headlines=_headlines(made, peak, last),
        sections=sections,
        releases=tuple(act_row(one) for one in _levied(made)),
        version=__version__,
        template="tariff.html.j2",
    )
    return to_html(report)


def _headlines(made: Timeline, peak: Step, last: Step) -> tuple[Headline, ...]:
    top = _top(made.steps)
    means = (
        (f"on {made.steps[0].begins}", made.steps[0]),
        (f"highest mean, from {peak.begins}", peak),
        (f"since {last.begins}", last),
    )
    return (
        *(Headline(label, _number(made, step, step.high), _least(made, step)) for label, step in means),
        Headline("highest on any line", _number(made, top, top.most)),
    )


def _least(made: Timeline, step: Step) -> Prose:
    """The low end, where conditions make a range."""
    return ("at least ", _number(made, step, step.low)) if round(step.low, 1) < round(step.high, 1) else ()


def _number(made: Timeline, step: Step, value: float) -> Number:
    """A figure of a step: its trace names the pair and the day."""
    asked = made.asked
    names = tuple(one.id for one in asked.registry.between(asked.imposer, asked.target) if one.in_force(step.begins))
    listed = tuple(name for name in names if any(name == one.id for one in _levied(made)))
    return Number(
        f"{value:.1f} pp",
        value,
        "percentage points",
        f"{asked.imposer} on {asked.target}, {step.begins}",
        tuple(asked.registry.measure(name).legal for name in listed) or ("no measure in force",),
        listed or tuple(one.id for one in _levied(made)),
    )


def _top(steps: Sequence[Step]) -> Step:
    return max(steps, key=lambda step: step.most)


def duties(made: Timeline, slug: str = "duty") -> Figure:
    """The step chart.

    Args:
        made: the timeline.
        slug: of the figure on its page.
    """
    peak = max(made.steps, key=lambda step: step.high)
    view = made.table.view
    marks = [{"day": str(peak.begins), "value": peak.high, "label": f"{peak.begins}: {peak.high:.1f}"}]
    described = "; ".join(f"from {step.begins} {step.low:.1f} to {step.high:.1f}" for step in made.steps)
    return Figure(
        slug,
        f"Mean added duty, {made.asked.weighed.partition(' (')[0]}",
        view,
        _credit(made),
        note="The shaded range is what conditions decide that statistics do not show.",
        **drawn(
            lambda width: step_chart(
                view.rows,
                begins="begins",
                ends="ends",
                low="low",
                high="high",
                title="percentage points",
                marks=marks,
                width=width,
            ),
            f"Steps of the mean added duty in percentage points: {described}.",
        ),
    )


def _levied(made: Timeline) -> tuple[TariffMeasure, ...]:
    names = dict.fromkeys(name for step in made.steps for name in step.started)
    return tuple(made.asked.registry.measure(name) for name in names)


def _credit(made: Timeline) -> str:
    groups = dict.fromkeys(made.asked.registry.groups[one.group].title for one in _levied(made))
    return f"Source: khorgos tariff registry ({'; '.join(groups) or 'no measure'})."
