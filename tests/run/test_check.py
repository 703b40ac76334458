"""What the check finds before any data is touched, in plain configs."""

import copy

import pytest
import torch

from seqmodels.errors import InputError
from seqmodels.run.build import IN_CONFIGS
from seqmodels.run.check import check, config_faults
from seqmodels.run.make import without_apples_gpu
from seqmodels.run.plain import plain

GONE = object()


@pytest.fixture(scope="module")
def configs(tree):
    """The plain config of a task."""
    return {
        task: plain(tree.compose([f"task={task}", "device=cpu", "run_dir=somewhere"]))
        for task in ("dates", "pos_tagging", "date_language")
    }


@pytest.fixture
def changed(configs):
    """A task's config with other values at some key paths."""

    def change(changes, task="dates"):
        config = copy.deepcopy(configs[task])
        for path, value in changes.items():
            *parents, last = path.split(".")
            node = config
            for name in parents:
                node = node[name]
            if value is GONE:
                del node[last]
            else:
                node[last] = value
        return config

    return change


def faults(config):
    """Every fault that the check tells."""
    try:
        check(config, IN_CONFIGS)
    except InputError as error:
        return error.faults
    return []


@pytest.mark.parametrize("task", ["dates", "pos_tagging", "date_language"])
def test_a_task_as_it_is_has_no_fault(task, changed):
    assert faults(changed({}, task)) == []


WRONG = [
    # unknown and missing settings
    ("model.encoder.hiden_size", 4, "RecurrentEncoder has no such setting; closest: hidden_size"),
    ("optim.learning_rate", 0.1, "Adam has no such setting"),
    ("batching.batchsize", 8, "Batching has no such setting; closest: batch_size"),
    ("callbacks.early_stopping.patiance", 8, "EarlyStopping has no such setting; closest: patience"),
    ("trainer.max_epoch", 8, "Trainer has no such setting; closest: max_epochs"),
    ("sed", 8, "Settings has no such setting; closest: seed"),
    ("name", GONE, "Settings needs this setting"),
    ("floor", GONE, "Settings needs this setting"),
    ("data.locales", GONE, "Dates needs this setting"),
    ("fields.input", {}, "there is no such entry; closest: inputs"),
    # values of another type
    ("optim.lr", "fast", "'fast' found, wanted a valid number"),
    ("seed", "one", "'one' found, wanted a valid integer"),
    ("seed", 1.5, "1.5 found"),
    ("seed", -1, "-1 found, wanted greater than or equal to 0"),
    ("mode", "maximal", "wanted 'min' or 'max'"),
    ("trainer.max_epochs", "two", "'two' found, wanted a valid integer"),
    ("model.encoder.bidirectional", "yes", "'yes' found, wanted a valid boolean"),
    ("model.encoder.cell", "gruu", "'gruu' found, wanted 'rnn', 'rnn_relu', 'lstm', 'gru' or 'gru_reset_before'"),
    ("data.locales", "de", "'de' found"),
    ("data.locales", [1], "[1] found, wanted a valid string"),
    (
        "fields.inputs.tokenizer",
        "letters",
        "wanted 'characters', 'whitespace', 'words', 'words_and_marks' or 'basic_english'",
    ),
    ("model.encoder._partial_", "yes", "'yes' found, wanted true or false"),
    # a plain value in a slot
    ("model", None, "wanted an instance of Topology"),
    ("model.encoder", None, "None found"),
    ("model.encoder", "gru", "'gru' found"),
    ("batching", None, "None found, wanted a BatchPlan"),
    ("batching", 5, "5 found, wanted a BatchPlan"),
    ("floor", 5, "wanted a valid dictionary"),
    ("fields", None, "None found"),
    # impossible sizes
    ("model.encoder.hidden_size", -1, "-1 found, wanted greater than 0"),
    ("model.encoder.num_layers", 0, "0 found, wanted greater than 0"),
    ("model.encoder.dropout", 1.5, "1.5 found, wanted less than 1"),
    ("model.encoder.dropout", -0.1, "-0.1 found, wanted greater than or equal to 0"),
    ("model.decoder.embedder.embedding_size", 0, "0 found, wanted greater than 0"),
    ("model.search.max_length", 0, "0 found, wanted greater than 0"),
    ("batching.batch_size", 0, "0 found, wanted greater than 0"),
    ("data.train", 0, "0 found, wanted greater than 0"),
    ("optim", {"_target_": "torch.optim.Adam", "_partial_": True, "lr": -1.0}, "Invalid learning rate: -1.0"),
    (
        "trainer",
        {"_target_": "pytorch_lightning.Trainer", "accelerator": "cpu", "devices": 0},
        "Trainer refuses its settings",
    ),
    ("name", "../up", "found, wanted match pattern"),
    # a part in the wrong slot
    ("data", {"_target_": "seqmodels.data.Batching"}, "Batching found, wanted a kind of Reader"),
    ("model.encoder", {"_target_": "torch.nn.LSTM", "_partial_": True}, "LSTM found, wanted a kind of Encoder"),
    ("optim", {"_target_": "torch.nn.ReLU", "_partial_": True}, "ReLU found, wanted a kind of Optimizer"),
    ("metric.exact_match", {"_target_": "torch.nn.ReLU"}, "ReLU found, wanted a kind of Metric"),
    ("callbacks.progress", {"_target_": "torch.nn.ReLU"}, "ReLU found, wanted a kind of Callback"),
    ("floor", {"_target_": "seqmodels.text.Label"}, "Label found, wanted a kind of Floor"),
    ("model.encoder._partial_", False, "false found, wanted true for this Encoder"),
    ("data._partial_", True, "true found, wanted false for this Reader"),
    # values that nobody has set
    ("data.train", "???", "a value is needed: set data.train=..."),
    ("seed", "???", "a value is needed: set seed=..."),
    ("model.encoder._target_", "???", "a value is needed"),
    # what is watched
    ("monitor", "val/acuracy", "'val/acuracy' found, wanted one of: val/loss, val/exact_match"),
    ("monitor", "train/loss", "wanted one of: val/loss, val/exact_match"),
    # this machine
    ("trainer.accelerator", "gpu", "this machine has none; use device=cpu or device=auto"),
    ("trainer.accelerator", "mps", "which Apple's GPUs do not have; use device=cpu"),
]


@pytest.mark.parametrize(
    ("path", "value", "words"), WRONG, ids=[f"{p}={'gone' if v is GONE else v}" for p, v, _ in WRONG]
)
def test_a_fault_is_told_with_its_key_path_and_what_was_wanted(path, value, words, changed, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    found = faults(changed({path: value}))
    assert any(fault.startswith((f"{path}: ", f"{path}[")) and words in fault for fault in found), found


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("optim.betas", [0.8, 0.9]),  # a tuple in Python, and yaml has only lists
        ("optim.lr", 1),
        ("trainer.limit_val_batches", 0.5),
        ("trainer.max_epochs", -1),
        ("vectors", __file__),
        ("scheduler", None),
        ("floor", None),
        ("logger", None),
        ("callbacks.progress", None),
        ("model.label_smoothing", 0.1),
        ("batching.max_tokens", 100),
        ("batching.max_tokens", None),
    ],
    ids=str,
)
def test_a_setting_that_its_class_accepts_is_accepted(path, value, changed):
    assert faults(changed({path: value})) == []


def test_dot_attention_with_unequal_widths_is_refused_without_memory(changed):
    dot = {"_target_": "seqmodels.nn.attention.DotAttention", "_partial_": True}
    huge = 10**6  # nobody has the memory for its weights
    (fault,) = faults(changed({"model.decoder.attention": dot, "model.encoder.hidden_size": huge}))
    assert fault.startswith("model.decoder.attention: ")
    assert str(2 * huge) in fault
    assert faults(changed({"model.decoder.attention": dot, "model.decoder.hidden_size": 256})) == []


def test_a_causal_model_refuses_an_encoder_that_sees_the_future(changed):
    (fault,) = faults(changed({"model.causal": True}, "pos_tagging"))
    assert fault.startswith("model: ")
    assert "set model.encoder.bidirectional=false" in fault
    assert faults(changed({"model.causal": True, "model.encoder.bidirectional": False}, "pos_tagging")) == []


def test_all_faults_are_told_at_once(changed):
    wrong = {"seed": "x", "model.encoder.hiden_size": 3, "optim.lr": "y", "monitor": "z", "data.train": "???"}
    assert {fault.split(": ")[0] for fault in faults(changed(wrong))} == set(wrong)


def test_the_check_leaves_a_config_as_it_was(changed):
    config = changed({})
    before = copy.deepcopy(config)
    check(config, IN_CONFIGS)
    assert config == before


def test_the_check_builds_nothing_that_a_config_may_not_name(changed):
    bad = {"_target_": "torch.hub.load", "_partial_": True}
    found = config_faults(changed({"model.encoder": bad, "optim": bad}), IN_CONFIGS)
    assert {fault.split(": ")[0] for fault in found} == {"model.encoder._target_", "optim._target_"}


def test_auto_is_the_cpu_on_apple_machines(monkeypatch):
    settings = {"accelerator": "auto", "devices": 1}
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    assert without_apples_gpu(settings) == settings
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert without_apples_gpu(settings) == {**settings, "accelerator": "cpu"}
    assert without_apples_gpu({"accelerator": "gpu"}) == {"accelerator": "gpu"}
