"""Draws how the countries of a region stand to the treaties: participation_matrix.py REGION FILE"""
import sys
import matplotlib
import pandas as pd
from concord import ask

matplotlib.use("svg")
matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "concord"})  # texts stay texts, to be read and found
from matplotlib import pyplot

# Marks and colours tell standings apart and rank none of them.
STANDINGS = {
    "party": ("party", "s", "#1f4e79"),
    "contracting": ("consented, not in force", "D", "#3f78ad"),
    "signatory": ("signed", "^", "#6f5f96"),
    "not_party": ("not a party", "_", "#7a6f58"),
    "unknown": ("not recorded", ".", "#b9c3c8"),
}

region, file = sys.argv[1:3]
matrix = ask("/participation-matrix", region=region, lang="en")
countries = [row["country"]["name"] for row in matrix["rows"]]
treaties = [framework["code"] for framework in matrix["frameworks"]]
cells = pd.DataFrame(
    [(x, y, cell["standing"]) for x, row in enumerate(matrix["rows"]) for y, cell in enumerate(row["cells"])],
    columns=["country", "treaty", "standing"],
)
told = cells[cells["standing"] != "unknown"]["country"].nunique()

figure, axes = pyplot.subplots(figsize=(7, 1.6 + 0.24 * len(treaties)), layout="constrained")
for name, (label, mark, colour) in STANDINGS.items():
    here = cells[cells["standing"] == name]
    axes.scatter(here["country"], here["treaty"], marker=mark, color=colour, label=label, s=70)
axes.invert_yaxis()
axes.xaxis.tick_top()
axes.set_xticks(range(len(countries)), countries, rotation=30, ha="left")
axes.set_yticks(range(len(treaties)), treaties)
axes.tick_params(top=False, left=False)
axes.spines[:].set_visible(False)
foot = f"{told} of {len(countries)} countries; as of {matrix['valid_on']}"
figure.legend(loc="outside lower center", ncols=3, frameon=False, title=foot)
figure.savefig(file, metadata={"Date": None, "Title": "Participation in treaties"})
