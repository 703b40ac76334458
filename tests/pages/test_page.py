"""The page says what the rows say, holds nothing of theirs but text, and is the same for the same runs."""

import csv
import time
from html.parser import HTMLParser
from io import StringIO

import pytest
import yaml
from written_runs import write_run

from seqmodels.pages.figures import spread
from seqmodels.pages.folders import find_rows
from seqmodels.pages.page import page, write_page
from seqmodels.run.cli import run
from seqmodels.sweeps.table import _spread

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg onload=alert(1)>",
    "</style></script><b>{{ 7 * 7 }}{% raw %}",
    "a&lt;b&amp;c\u202e\u2028",
]
TAGS = """
    html head meta title style body header p h1 h2 h3 dl div dt dd small span main section details summary ul li
    table thead tbody tr th td svg line circle polyline polygon rect text figure figcaption i code form label
    input fieldset legend output button script
"""


class Read(HTMLParser):
    """Every element with its attributes, and all text."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.said = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.said.append(data)


def test_nothing_of_a_run_is_more_than_text(tmp_path):
    for i, text in enumerate(HOSTILE):
        word = f"model/encoder={text}"
        folder = write_run(tmp_path / (text.replace("/", "|") + str(i)), [word], 1, 0.5 + i / 10, config={"name": text})
        write_run(tmp_path / f"failed{i}", [word], text, None, facts={"git_commit": text, "versions": {text: text}})
        (tmp_path / f"failed{i}" / "failure.txt").write_text(text)
        assert folder.is_dir()
    shown = page(HOSTILE[0], find_rows(tmp_path))
    read = Read(shown)
    assert {tag for tag, _ in read.elements} <= set(TAGS.split())
    assert [tag for tag, _ in read.elements].count("script") == 1
    attributes = {name for _, attrs in read.elements for name in attrs}
    assert not [name for name in attributes if name.startswith("on") or name in ("style", "src", "href")]
    for text in HOSTILE:
        assert any(text in said for said in "".join(read.said).split("\x00")), text


def test_the_page_names_nothing_outside_itself(many):
    shown = page("runs", find_rows(many))
    assert "http" not in shown.replace("http-equiv", "")
    assert "url(" not in shown
    assert "@import" not in shown


def test_the_same_runs_give_the_same_page(many, tmp_path):
    pages = [write_page(many, tmp_path / f"{i}.html")[0] for i in range(2)]
    assert pages[0].read_bytes() == pages[1].read_bytes()
    assert pages[0].with_suffix(".csv").read_bytes() == pages[1].with_suffix(".csv").read_bytes()


def test_page_and_table_hold_every_run(many, capsys):
    assert run(["report", str(many)]) == 0
    assert "14 runs" in capsys.readouterr().out
    names = [str(i) for i in range(14)]
    rows = list(csv.DictReader(StringIO((many / "report.csv").read_text())))
    assert [row["run"] for row in rows] == names
    assert rows[12]["error"] == "step 2: loss nan"
    assert rows[0]["command"] == "seqmodels train task=dates model/encoder=rnn optim.lr=0.001 seed=1"
    assert float(rows[0]["score"]) == float(rows[0]["val/accuracy"]) == 0.51
    shown = Read((many / "report.html").read_text())
    assert [tag for tag, attrs in shown.elements if tag == "tr" and "data-state" in attrs] == ["tr"] * 14
    assert [attrs for tag, attrs in shown.elements if tag == "circle" and "seed" in attrs.get("class", "").split()]


def test_five_hundred_runs_take_seconds(tmp_path):
    for i in range(500):
        words = [f"optim.lr={0.001 * (1 + i // 5)}", f"model/encoder={('rnn', 'gru')[i // 5 % 2]}"]
        curve = [0.5 + 0.001 * (i % 7) + 0.01 * step for step in range(30)]
        write_run(tmp_path / str(i), words, i % 5, 0.5 + (i * 7919 % 1000) / 3000, curve=curve)
    began = time.process_time()
    output, rows = write_page(tmp_path)
    assert len(rows) == 500
    assert time.process_time() - began < 20
    assert output.stat().st_size < 5e6


def test_one_run_and_runs_that_all_failed_make_a_page_too(tmp_path):
    write_run(tmp_path / "a" / "1")
    write_run(tmp_path / "b" / "1", score=None)
    for base in (tmp_path / "a", tmp_path / "a" / "1", tmp_path / "b"):
        assert len(write_page(base, tmp_path / "page.html")[1]) == 1


@pytest.mark.parametrize("value", ["nan", "inf", "1e400", "", "null", "[1,2]", "-1", "0"])
def test_a_setting_may_be_anything(tmp_path, value):
    for i in range(12):
        write_run(tmp_path / str(i), [f"optim.lr={value if i % 3 else 10**i}"], 1, 0.5 + i / 100)
    assert len(write_page(tmp_path, tmp_path / "page.html")[1]) == 12


@pytest.mark.parametrize("words", [["nowhere"], [".", "--output", "page.txt"], [".", "--output", "no/such/page.html"]])
def test_a_mistake_is_told_in_a_line(many, words, monkeypatch, capsys):
    monkeypatch.chdir(many)
    assert run(["report", *words]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_what_differs_besides_the_settings_is_told(tmp_path):
    write_run(tmp_path / "0", seed=1)
    write_run(tmp_path / "1", seed=2, facts={"data_sha256": {"train": "f" * 64}})
    shown = page("runs", find_rows(tmp_path))
    assert "data_sha256 train" in shown
    assert yaml.safe_load((tmp_path / "1" / "config.yaml").read_text())["seed"] == 2


def test_a_test_score_that_is_no_number_has_no_spread_and_takes_nothing_with_it(tmp_path):
    for seed, score in ((1, 0.5), (2, float("nan"))):
        write_run(tmp_path / str(seed), ["optim.lr=0.1"], seed, 0.5, test__accuracy=score)
    shown = Read(page("runs", find_rows(tmp_path)))
    assert {"0.5000", "nan"} <= {text.strip() for text in shown.said}
    assert spread([0.5, float("nan")]) is None
    assert _spread([0.5, float("nan")]) == "nan"
