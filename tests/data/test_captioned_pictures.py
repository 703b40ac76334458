"""Pictures by tables of their captions."""

import json

import pytest
import torch
from PIL import Image

from seqmodels.data import CaptionedPictures, Faults
from seqmodels.errors import InputError


@pytest.fixture
def folder(tmp_path):
    for i, name in enumerate(["a.png", "b.png", "c.png"]):
        Image.new("RGB", (4, 3), (i, 0, 0)).save(tmp_path / name)
    return tmp_path


def everything(splits):
    rows = [(e.inputs, caption, e.origin) for split in splits for e in split for caption in (e.targets, *e.others)]
    return sorted((caption, int(picture.pixels[0, 0, 0]), origin) for picture, caption, origin in rows)


TABLES = {
    "t.csv": 'file,caption\na.png,one\nb.png,"two, again"\na.png,first\n',
    "t.tsv": "file\tcaption\na.png\tone\nb.png\ttwo, again\na.png\tfirst\n",
    "list.json": json.dumps(
        [
            {"file": "a.png", "caption": "one"},
            {"file": "b.png", "caption": "two, again"},
            {"file": "a.png", "caption": "first"},
        ]
    ),
}


@pytest.mark.parametrize("name", TABLES)
def test_every_kind_of_table_says_the_same(folder, name):
    (folder / name).write_text(TABLES[name], encoding="utf-8")
    found = everything(CaptionedPictures(str(folder / name)).read())
    assert [row[:2] for row in found] == [("first", 0), ("one", 0), ("two, again", 1)]
    assert all(row[2].startswith(name) for row in found)


@pytest.mark.parametrize(
    "content", [{"a": "one", "b": "two"}, {"a": {"caption": "one", "x": 1}, "b": {"caption": "two"}}]
)
def test_an_object_names_its_pictures_by_its_keys(folder, content):
    (folder / "t.json").write_text(json.dumps(content), encoding="utf-8")
    found = everything(CaptionedPictures(str(folder / "t.json"), suffix=".png").read())
    assert found == [("one", 0, "t.json: a"), ("two", 1, "t.json: b")]


def test_several_captions_are_learnt_from_one_by_one_and_are_all_right_where_they_are_scored(folder):
    both = {"a.png": ["one", "first"], "b.png": "two"}
    (folder / "t.json").write_text(json.dumps(both), encoding="utf-8")
    splits = CaptionedPictures(dict.fromkeys(("train", "val", "test"), str(folder / "t.json"))).read()
    assert [(e.targets, e.others, e.origin) for e in splits.train] == [
        ("one", (), "t.json: a.png, caption 1"),
        ("first", (), "t.json: a.png, caption 2"),
        ("two", (), "t.json: b.png"),
    ]
    for split in (splits.val, splits.test):
        assert [(e.targets, e.others) for e in split] == [("one", ("first",)), ("two", ())]


def test_tables_of_their_own_are_the_splits(folder):
    tables = {}
    for split, name in (("train", "a"), ("val", "b"), ("test", "c")):
        tables[split] = str(folder / f"{split}.csv")
        (folder / f"{split}.csv").write_text(f"file,caption\n{name}.png,{name}\n", encoding="utf-8")
    assert [[e.targets for e in split] for split in CaptionedPictures(tables).read()] == [["a"], ["b"], ["c"]]


def test_pictures_may_lie_elsewhere(folder, tmp_path_factory):
    table = tmp_path_factory.mktemp("elsewhere") / "t.csv"
    table.write_text("file,caption\na.png,one\n", encoding="utf-8")
    assert len(everything(CaptionedPictures(str(table), folder=str(folder)).read())) == 1


def many(folder, **settings):
    rows = {f"{i}{tone}": f"{i}" for i in range(200) for tone in ("", "-1f3fb", "-1f3ff")}
    for name in rows:
        Image.new("L", (1, 1)).save(folder / f"{name}.png")
    (folder / "many.json").write_text(json.dumps(rows), encoding="utf-8")
    return CaptionedPictures(str(folder / "many.json"), suffix=".png", **settings).read()


def test_pictures_that_look_alike_are_in_one_split_and_the_shares_are_kept(tmp_path):
    splits = many(tmp_path, same="-1f3f[b-f]", shares={"val": 0.2, "test": 0.3})
    bases = [{example.targets for example in split} for split in splits]
    assert sum(map(len, bases)) == 200  # none in two
    assert [len(split) for split in splits] == [3 * len(base) for base in bases]
    assert abs(len(bases[2]) / 200 - 0.3) < 0.11  # 3.4 standard deviations
    assert abs(len(bases[1]) / 200 - 0.2) < 0.1
    assert len(bases[0]) > len(bases[2])


def test_another_picture_changes_the_split_of_none(folder):
    table = folder / "t.json"
    table.write_text('{"a": "x", "b": "y"}', encoding="utf-8")
    before = [{e.targets for e in split} for split in CaptionedPictures(str(table), suffix=".png").read()]
    table.write_text('{"c": "z", "a": "x", "b": "y"}', encoding="utf-8")
    after = [{e.targets for e in split} for split in CaptionedPictures(str(table), suffix=".png").read()]
    assert all(old <= new for old, new in zip(before, after, strict=True))


def test_every_fault_is_told_by_its_file_or_left_out(folder):
    (folder / "bad.png").write_bytes(b"no picture")
    rows = "a.png,one\nnone.png,x\nbad.png,x\n../a.png,x\n/etc/passwd,x\nb.png,\nc.png,three\n"
    (folder / "t.csv").write_text(f"file,caption\n{rows}", encoding="utf-8")
    reader = CaptionedPictures(str(folder / "t.csv"))
    with pytest.raises(InputError) as caught:
        reader.read()
    told = "\n".join(caught.value.faults)
    assert len(caught.value.faults) == 5
    for line, words in (
        (3, "no such file"),
        (4, "cannot be read"),
        (5, "leads out"),
        (6, "leads out"),
        (7, "is empty"),
    ):
        assert any(f"t.csv:{line}: " in fault and words in fault for fault in caught.value.faults), told
    faults = Faults("skip")
    assert [row[0] for row in everything(reader.read(faults))] == ["one", "three"]
    assert faults.lost == 5


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "cannot be read as JSON"),
        ("3", "int found, wanted a list or an object"),
        ("{}", "no picture found"),
        ('{"a": "x", "a": "y"}', "stands twice"),
        ('{"a": 3}', "3 found, wanted a text as 'caption'"),
        ('[{"caption": "x"}]', "None found, wanted a text as 'file'"),
        ("[1]", "entry 1: None found"),
        ("[" * 100_000, "cannot be read as JSON"),
        ('{"a\\u0000": "x"}', "leads out"),
    ],
)
def test_json_that_is_no_table_is_told(folder, content, told):
    (folder / "t.json").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=told):
        CaptionedPictures(str(folder / "t.json"), suffix=".png").read()


@pytest.mark.parametrize(
    "settings",
    [{"same": "("}, {"shares": {"val": 0.5, "test": 0.6}}, {"shares": {"val": -0.1}}, {"captions": {"train": "x"}}],
)
def test_settings_that_cannot_be_are_refused(settings):
    with pytest.raises(InputError, match=r"^data\."):
        CaptionedPictures(**{"captions": "t.csv", **settings})


def test_emojis_of_all_skin_tones_are_in_one_split(monkeypatch):
    yaml = pytest.importorskip("yaml")
    from pathlib import Path

    import seqmodels
    from seqmodels.data import data_root
    from seqmodels.run.build import IN_CONFIGS, build

    if not (data_root() / "emojitwo" / "emoji.json").is_file():
        pytest.skip("SEQMODELS_DATA does not hold EmojiTwo")
    path = Path(seqmodels.__path__[0]).parent / "conf" / "data" / "emojitwo.yaml"
    splits = build(yaml.safe_load(path.read_text(encoding="utf-8")), IN_CONFIGS).read(Faults("skip"))
    assert sum(map(len, splits)) == 2008
    bases = [{e.origin.partition(": ")[2].split("-1f3f")[0] for e in split} for split in splits]
    assert not bases[0] & bases[1] | bases[0] & bases[2] | bases[1] & bases[2]
    assert {tuple(e.inputs.pixels.shape) for split in splits for e in split} == {(48, 48, 3)}
    assert all(e.inputs.pixels.dtype == torch.uint8 for e in splits.test)


def test_larger_pictures_are_kept_smaller_in_their_proportions_and_counted(tmp_path):
    for name, size in {"a.png": (400, 100), "b.png": (30, 300), "c.png": (100, 100)}.items():
        Image.new("RGB", size, "red").save(tmp_path / name)
    (tmp_path / "t.json").write_text(json.dumps({"a.png": ["one", "two"], "b.png": "three", "c.png": "four"}))
    faults = Faults()
    table = str(tmp_path / "t.json")
    splits = CaptionedPictures(table, shares={"val": 0.0, "test": 0.0}, max_side=100).read(faults)
    assert [tuple(e.inputs.pixels.shape) for e in splits.train] == [(25, 100, 3)] * 2 + [(100, 10, 3), (100, 100, 3)]
    assert faults.lines() == [f"2 pictures of {tmp_path} made smaller, to 100 pixels a side at most (data.max_side)"]
    faults.check()
    whole = CaptionedPictures(table, shares={"val": 0.0, "test": 0.0}).read(faults).train
    assert whole[0].inputs.pixels.shape == (100, 400, 3)


def test_tables_in_folders_of_their_own_may_use_the_same_names(tmp_path):
    tables = {}
    for i, split in enumerate(("train", "val", "test")):
        (tmp_path / split).mkdir()
        Image.new("RGB", (4, 3), (i, 0, 0)).save(tmp_path / split / "0001.png")
        (tmp_path / split / "captions.csv").write_text(f"file,caption\n0001.png,{split}\n")
        tables[split] = str(tmp_path / split / "captions.csv")
    found = everything(CaptionedPictures(tables).read())
    assert [row[:2] for row in found] == [("test", 2), ("train", 0), ("val", 1)]


def test_half_a_letter_in_a_caption_is_told(folder):
    (folder / "t.json").write_text('{"a.png": "dog \\\\ud83d", "b.png": "two"}'.replace("\\\\", "\\"))
    with pytest.raises(InputError, match=r"a\.png: 'dog \\ud83d' found, wanted a text as 'caption'"):
        CaptionedPictures(str(folder / "t.json")).read()
