# SPDX-License-Identifier: MIT
"""A drawing of the CPU time per request: a group of bars for each case, the longest of each as wide as the field."""

import statistics
import xml.sax.saxutils

COLOURS = {"reverxy": "#2f6fde", "nginx": "#6aa56a", "haproxy": "#c98b3a", "haproxy-splice": "#dcb377",
           "varnish": "#a36fb0", "floor": "#9a9a9a"}
LEFT, FIELD, BAR, GAP, WIDTH = 150, 480, 15, 34, 760


def text(x, y, words, size=12, anchor="start", weight="normal"):
    words = xml.sax.saxutils.escape(words)
    return (f'<text x="{x}" y="{y}" font-size="{size}" text-anchor="{anchor}" font-weight="{weight}"'
            f' fill="#222">{words}</text>')


def drawing(cases, results):
    parts, y = [], 30
    parts.append(text(10, y, "CPU time per request, µs (median; the line from the least to the most)", 14, weight="bold"))
    for case in cases:
        if case.name not in results:
            continue
        y += GAP
        parts.append(text(10, y, case.title, 13, weight="bold"))
        figures = results[case.name]["figures"]
        scale = FIELD / max(max(values["cpu"]) for values in figures.values())
        for label, values in figures.items():
            y += BAR + 4
            middle = statistics.median(values["cpu"])
            parts.append(text(LEFT - 8, y, label, anchor="end"))
            parts.append(f'<rect x="{LEFT}" y="{y - BAR + 3}" width="{middle * scale:.1f}" height="{BAR}"'
                         f' fill="{COLOURS.get(label.split(",")[0], COLOURS["reverxy"])}"/>')
            low, high = min(values["cpu"]) * scale, max(values["cpu"]) * scale
            parts.append(f'<line x1="{LEFT + low:.1f}" x2="{LEFT + high:.1f}" y1="{y - BAR / 2 + 3}"'
                         f' y2="{y - BAR / 2 + 3}" stroke="#222"/>')
            parts.append(text(round(LEFT + high + 8), y, f"{middle:,.1f}"))
    height = y + 20
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}"'
            f' font-family="sans-serif"><rect width="100%" height="100%" fill="#fff"/>\n' + "\n".join(parts) + "\n</svg>\n")
