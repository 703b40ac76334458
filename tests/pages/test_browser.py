"""The page in a browser: no error, no request, sorted and filtered, and nothing wider than the window."""

import pytest
from browser import CHROMIUM, Browser

from seqmodels.pages.page import write_page

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium (Debian: apt-get install chromium)")
FIRST = "[...document.querySelectorAll('table.runs tbody tr')].filter(r => !r.hidden).map(r => r.cells[0].textContent)"
HEADS = "[...document.querySelectorAll('table.runs thead th')]"
HEAD = HEADS + ".find(h => h.textContent.startsWith('{}')).querySelector('button')"
EMPTY = "(b => { b.value = ''; b.dispatchEvent(new Event('input', {bubbles: true})) })"


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    found = Browser(tmp_path_factory.mktemp("chromium") / "profile")
    yield found
    found.close()


@pytest.fixture
def shown(browser, many, tmp_path):
    """The page about a folder of runs, in a window of 1280 pixels."""
    path, _ = write_page(many, tmp_path / "page.html")
    browser.errors.clear()
    browser.requests.clear()
    browser.open(path, 1280)
    return browser


def test_it_opens_without_an_error_and_without_a_request(shown):
    assert shown.errors == []
    assert [url for url in shown.requests if not url.startswith("file:")] == []
    assert shown.run("document.querySelectorAll('svg').length") > 8
    assert shown.run("[...document.querySelectorAll('svg')].every(s => s.getAttribute('aria-label'))")


@pytest.mark.parametrize("width", [1280, 400])
@pytest.mark.parametrize("dark", [False, True])
def test_nothing_is_wider_than_the_window(shown, many, width, dark, tmp_path):
    shown.prefers(dark)
    shown.open(tmp_path / "page.html", width)
    assert shown.run("document.documentElement.scrollWidth") == width
    background = shown.run("getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, background[4:-1].split(","))) < 200) == dark


def test_a_heading_sorts_both_ways_and_what_is_empty_stays_last(shown):
    assert shown.run(FIRST) == [str(i) for i in range(14)]
    shown.run(HEAD.format("val/accuracy") + ".click()")
    assert shown.run(FIRST)[:2] == ["0", "1"]
    shown.run(HEAD.format("val/accuracy") + ".click()")
    assert shown.run(FIRST)[:2] == ["11", "10"]
    assert set(shown.run(FIRST)[-2:]) == {"12", "13"}
    assert shown.run(HEAD.format("val/accuracy") + ".parentNode.ariaSort") == "descending"
    assert shown.errors == []


def test_a_heading_can_be_reached_and_pressed_by_keyboard(shown):
    shown.run(HEAD.format("lr") + ".focus()")
    assert shown.run("document.activeElement.textContent") == "lr"
    shown.press("Enter")
    shown.press("Enter")
    assert set(shown.run(FIRST)[:2]) == {"12", "13"}


def test_the_filter_shows_rows_with_all_words_and_the_chosen_states(shown):
    shown.run("document.querySelector('[type=search]').focus()")
    shown.write("gru 0.01")
    assert shown.run(FIRST) == ["9", "10", "11"]
    assert shown.run("document.querySelector('output').value") == "3 of 14 runs"
    shown.run(EMPTY + "(document.querySelector('[type=search]'))")
    shown.run("document.querySelector('[type=checkbox][value=finished]').click()")
    assert shown.run(FIRST) == ["12", "13"]
    assert shown.errors == []


def test_a_dot_says_what_it_is_and_a_button_copies_the_command(shown):
    shown.run(
        "document.querySelector('.strips circle').dispatchEvent(new PointerEvent('pointerover', {bubbles: true}))"
    )
    assert "seed 1: 0.8100" in shown.run("document.getElementById('tip').textContent")
    assert shown.run("document.getElementById('tip').hidden") is False
    shown.run("document.querySelector('.copy').click()")
    shown.run("new Promise(done => setTimeout(done, 300))")
    assert shown.run("document.querySelector('.copy').textContent") == "copied"
    assert shown.errors == []


def test_a_hostile_run_does_nothing(browser, tmp_path):
    from written_runs import write_run

    write_run(
        tmp_path / "runs" / "<img src=x onerror=document.title='caught'>",
        ["a=<script>document.title='caught'</script>"],
    )
    path, _ = write_page(tmp_path / "runs", tmp_path / "page.html")
    browser.errors.clear()
    browser.open(path, 1280)
    assert browser.run("document.title") == "runs: 1 runs"
    assert browser.run("document.querySelectorAll('img').length") == 0
    assert browser.errors == []
