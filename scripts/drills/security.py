"""Files, recipes and configs of somebody who means harm: nothing of theirs runs, and each is told as an input error.

Every kind is tried in a process of its own, which an audit hook watches: no process, no connection, no pickle that is
really read, nothing written outside the runs' folder; and no traceback.
"""

import gzip
import json
import pickle
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from hostile import classes, configs, learnt, pickles, targets
from hostile.attempts import Attempts, said
from hostile.names import TARGETS
from hostile.watch import Watch, own_temporary

from drills.child import finish, start
from drills.row import Row, row
from seqmodels.run.load import load
from seqmodels.run.recipe import KEY
from seqmodels.storage import CheckpointFiles, read_checkpoint_file
from seqmodels.text import Vocab, read_vectors

WORDS = ["task=date_language", "data.train=60", "data.val=10", "data.test=10", "data.locales=[en_US,de,fr]"]
WORDS += ["device=cpu", "callbacks.progress=null", "encoder_size=4", "model.embedder.embedding_size=4"]
WORDS += ["trainer.max_epochs=1", "model.encoder.bidirectional=false"]
URLS = ["http://127.0.0.1:9/a.ckpt", "https://example.org/a.ckpt", "HTTP://EXAMPLE.ORG/a.ckpt", "ftp://example.org/a"]
URLS += ["file:///etc/passwd", "s3://bucket/a.ckpt", "gs://bucket/a.ckpt", "hdfs://host/a.ckpt", "memory://a.ckpt"]
QUICK = 1.0  # seconds of work in which a bomb is told

Attempt = Callable[[Attempts, Path, bool], None]


def drill(short: bool, folder: Path) -> Iterator[Row]:
    """A row a kind of file."""
    code, err = said("train", *WORDS, f"runs={folder / 'valid'}")
    assert code == 0, err
    kinds: dict[str, tuple[Attempt, dict[str, str]]] = {
        "pickles as checkpoints: nothing run, one error": (checkpoints, {}),
        "the same where torch is told to trust them": (checkpoints, {"TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD": "1"}),
        "pickles as vocabularies, vectors and data: nothing run": (text_files, {}),
        "hostile targets in a recipe: none called, errors only": (recipes, {}),
        "hostile targets in a config: none called, each told": (parts, {}),
        "configs that have Hydra make or import something: refused": (hydra_settings, {}),
        "URLs where a file is wanted: refused, nothing fetched": (urls, {}),
        "yaml bombs: told within a second, nothing expanded": (bombs, {}),
    }
    if not short:
        kinds["classes that a recipe may name, made of junk: nothing started"] = (classes.made_of_junk, {})
    begun = []
    for number, (attempt, environment) in enumerate(kinds.values()):
        mine = folder / str(number)
        mine.mkdir()
        given = (attempt, short, mine, folder / "valid")
        begun.append((mine, start(in_child, *given, out=mine / "out.txt", **environment)))
    for fault, (mine, process) in zip(kinds, begun, strict=True):
        if code := finish(process):
            yield row(fault, {"all": f"exit code {code}: {(mine / 'out.txt').read_text()[-3000:]}"})
        else:
            yield row(fault, json.loads((mine / "outcomes.json").read_text()))


def in_child(attempt: Attempt, short: bool, folder: Path, valid: Path) -> None:
    """What each process does."""
    sys.path.insert(0, str(folder))
    module = f"open({str(folder / 'canary')!r}, 'w').close()\nclass Thing: pass\n"
    (folder / "hostile_module.py").write_text(module, encoding="utf-8")
    (run_folder,) = next(valid.iterdir()).iterdir()
    tries = Attempts(folder, Watch(own_temporary(folder / "tmp"), folder / "runs"))
    attempt(tries, run_folder, short)
    (folder / "outcomes.json").write_text(json.dumps(tries.outcomes))


def checkpoints(tries: Attempts, valid: Path, short: bool) -> None:
    content = read_checkpoint_file(valid / "checkpoints" / "best.ckpt")
    places = [KEY, "state_dict", "optimizer_states", "more"]
    file = tries.folder / "a.ckpt"
    for number, (name, trap) in enumerate(pickles.traps(tries.canary).items()):
        for form, data in pickles.forms(content | {places[number % len(places)]: trap}).items():
            file.write_bytes(pickles.sealed(data))
            tries.call(f"{name}, {form}", load, file)
            if number < (1 if short else 5):
                tries.command(f"{name}, {form}, predict", "predict", file, "x")
                tries.command(f"{name}, {form}, evaluate", "evaluate", file)
        file.write_bytes(pickles.as_zip(content | {KEY: trap}))
        tries.command(f"{name}, without a sha256", "predict", file, "x")
        file.write_bytes(pickles.sealed(pickles.as_zip(trap)))
        tries.command(f"{name}, by itself", "evaluate", file)
        if number < (1 if short else 5):
            shutil.copytree(valid, tries.folder / "runs" / name)
            for kept in ("last", "best", "previous"):
                traps = content | {"optimizer_states": [trap]}
                (tries.folder / "runs" / name / f"checkpoints/{kept}.ckpt").write_bytes(
                    pickles.sealed(pickles.as_zip(traps))
                )
            tries.command(f"{name}, resumed", "train", f"resume={tries.folder / 'runs' / name}", "trainer.max_epochs=2")


def text_files(tries: Attempts, valid: Path, short: bool) -> None:
    vocab, file = Vocab(["the", "cat"]), tries.folder / "vectors.txt"
    for number, (name, trap) in enumerate(pickles.traps(tries.canary).items()):
        forms = pickles.forms((["the"], {"the": 0}, torch.zeros(1, 2), trap))
        forms |= {f"{form}, gzipped": gzip.compress(data) for form, data in forms.items()}
        for form, data in forms.items():
            file.write_bytes(data)
            tries.call(f"{name} as vectors, {form}", read_vectors, file, vocab)
        file.write_text("the 1 2\ncat 3 4\n")
        for cache in (file.with_suffix(".txt.pt"), file.with_suffix(".pt"), file.with_suffix(".txt.pkl")):
            cache.write_bytes(forms["zip"])  # where torchtext would look for what it parsed before
        tries.call(f"{name} beside vectors", read_vectors, file, vocab, harmless=True)
        for field, names in learnt.FIELDS:
            for tokens in (pickle.dumps(trap), [pickle.dumps(trap)], [trap]):
                label = f"{name} as the vocabulary of {type(field).__name__}, a {type(tokens).__name__}"
                tries.call(f"{label} of {type(tokens[0]).__name__}", field.load_learnt, dict.fromkeys(names, tokens))
        if number < (1 if short else 5):
            file.write_bytes(pickle.dumps(trap))
            tries.command(f"{name}, train on it", *train(tries), "task=pos_tagging", *conllu(file))
            tries.command(f"{name}, train with its vectors", *train(tries), *WORDS, f"vectors={file}")


def recipes(tries: Attempts, valid: Path, short: bool) -> None:
    content = read_checkpoint_file(valid / "checkpoints" / "best.ckpt")
    file = tries.folder / "a.ckpt"
    for label, command, recipe in targets.attempts(content[KEY], tries.canary, 1 if short else 12):
        CheckpointFiles().save_checkpoint(content | {KEY: recipe}, file)
        tries.command(label, command, file, *(["x"] if command == "predict" else []))
    # Babel's locales are pickles of that name, and were once read from wherever a name leads.
    (tries.folder / "evil.dat").write_bytes(pickle.dumps(pickles.traps(tries.canary)["os.mkdir"]))
    for locale in (f"{tries.folder}/evil", f"{'../' * 20}{tries.folder}/evil", "../../evil", "evil\0", "/etc/passwd"):
        recipe = targets.put(content[KEY], ("config", "data", "locales"), ["de", locale])
        CheckpointFiles().save_checkpoint(content | {KEY: recipe}, file)
        tries.command(f"the locale {locale[-20:]!r}", "evaluate", file)


def parts(tries: Attempts, valid: Path, short: bool) -> None:
    text = configs.dumped(configs.everywhere(tries.canary))
    folder = configs.write(tries.folder / "conf", {"experiment/it": text})
    err = tries.command("all", *train(tries), "--config-dir", folder, "experiment=it")
    for number, target in enumerate(TARGETS):
        for place in ("callbacks.x{}", "logger.x{}", "trainer.plugins[{}]", "model.encoder.hidden_size[{}].a"):
            path = f"seqmodels: {place.format(number)}._target_: "
            tries.note(f"{targets.name(target)}, {place}", [], None if path in err else f"{path}... is not told")


def hydra_settings(tries: Attempts, valid: Path, short: bool) -> None:
    for label, words in list(configs.WORDS.items())[:: 1 + short]:
        tries.command(label, *train(tries), *(configs.filled(word, tries.canary) for word in words))
    for number, (label, files) in enumerate(list(configs.FILES.items())[:: 1 + short]):
        filled = {path: configs.filled(text, tries.canary) for path, text in files.items()}
        folder = configs.write(tries.folder / f"conf{number}", filled)
        tries.command(label, *train(tries), "--config-dir", folder, "experiment=it")
    for label, text in list(configs.RECORDS.items())[:: 1 + short]:
        folder = tries.run_with(valid, "overrides.yaml", configs.filled(text, tries.canary))
        tries.command(f"{label}, resumed", "train", f"resume={folder}")


def urls(tries: Attempts, valid: Path, short: bool) -> None:
    for url in URLS:
        tries.call(f"load {url}", load, url)
        tries.command(f"predict {url}", "predict", url, "x")
        tries.command(f"evaluate {url}", "evaluate", url)
        tries.command(f"resume={url}", "train", f"resume={url}")
        tries.command(f"--config-dir {url}", "train", "--config-dir", url)
        tries.command(f"data.test={url}", "evaluate", valid, f"data.test={url}")
    for url in URLS[:1] if short else URLS:
        tries.command(f"vectors={url}", *train(tries), *WORDS, f"vectors={url}")
        tries.command(f"data.train={url}", *train(tries), "task=pos_tagging", *conllu(url))


def bombs(tries: Attempts, valid: Path, short: bool) -> None:
    number = 0
    for name, text in configs.bombs().items():
        for place in configs.PLACES:
            number += 1
            folder = configs.with_bomb(tries.folder / f"conf{number}", place, text)
            began = time.process_time()
            err = tries.command(f"{name}, {place}", *train(tries), "--config-dir", folder, "experiment=it")
            took = time.process_time() - began
            if took > QUICK or "wanted at most" not in err:
                tries.note(f"{name}, {place}", [], f"after {took:.1f} s: {err[:300]}")

    for name in ("lists of lists", "deep lists", "much text"):
        for file in ("overrides.yaml", "config.yaml") if name == "deep lists" or not short else ("overrides.yaml",):
            folder = tries.run_with(valid, file, configs.bombs()[name])
            tries.command(f"{name}, {file} of a run", "train", f"resume={folder}")


def train(tries: Attempts) -> list[str]:
    """The words of a training that would run, if nothing were wrong, on the data of its task."""
    return ["train", "debug=fast", "device=cpu", f"runs={tries.folder / 'runs'}"]


def conllu(file: object) -> list[str]:
    """A file as all splits of a tagger's data."""
    return ["data=conllu", *(f"data.{split}={file}" for split in ("train", "val", "test"))]
