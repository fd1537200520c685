"""How ECharts draws a plot: its option, with the page's colours (``--name``) and lengths (``2em``)."""

from typing import Any

from webapp.supervision.plots import Cell, Plot

TEXT = {"color": "--ink-2", "fontSize": ".9em"}


def picture(plot: Plot) -> dict[str, Any]:
    """Return the ECharts option of a plot, for ``static/js/plots.js`` to draw."""
    upright = plot.kind == "columns"
    axes = ("xAxis", "yAxis") if upright else ("yAxis", "xAxis")
    return {
        "animation": False,
        "grid": {"left": 4, "right": 4 if upright else "3.6em", "top": 12, "bottom": 4, "containLabel": True},
        axes[0]: _names(plot, upright),
        axes[1]: _numbers(plot),
        "series": [_bars(plot, place, upright) for place in range(plot.series)],
    }


def _names(plot: Plot, upright: bool) -> dict[str, Any]:
    label = TEXT if upright else {**TEXT, "interval": 0, "width": "10em", "overflow": "truncate"}
    return {
        "type": "category",
        "data": [line.title for line in plot.lines],
        "inverse": not upright,
        "axisTick": {"show": False},
        "axisLine": {"lineStyle": {"color": "--line"}},
        "axisLabel": label,
    }


def _numbers(plot: Plot) -> dict[str, Any]:
    share = plot.unit == "%"
    most = max((line.cells[0].value for line in plot.lines), default=0)
    return {
        "type": "value",
        **({"max": max(10, -(-most // 10) * 10)} if share else {"minInterval": 1}),
        "axisLabel": {**TEXT, "hideOverlap": True, "formatter": "{value}%" if share else "{value}"},
        "splitLine": {"lineStyle": {"color": "--hair"}},
    }


def _bars(plot: Plot, place: int, upright: bool) -> dict[str, Any]:
    alone = plot.series == 1

    def bar(cell: Cell) -> dict[str, Any]:
        return {"value": cell.value or (None if upright else 0), "label": {"formatter": cell.text}}

    return {
        "type": "bar",
        "stack": None if alone else "all",
        "barMaxWidth": "2.7em" if upright else "1.35em",
        "itemStyle": {
            "color": f"--plot-{place + 1}",
            "borderColor": "--card",
            "borderWidth": 0 if alone else 1,
        },
        "label": {**TEXT, "show": alone, "position": "right"},
        "data": [bar(line.cells[place]) for line in plot.lines],
    }
