"""What signals do to a training: note, save, stop; and that they are given back."""

import os
import signal
import threading
from types import SimpleNamespace

import pytest
from lightning_fabric.plugins.environments import LightningEnvironment, SLURMEnvironment
from pytorch_lightning import Callback
from test_checkpoints import BATCHES, Toy, fit

from seqmodels.callbacks import Checkpoints
from seqmodels.callbacks.signals import ASKING, Signals
from seqmodels.callbacks.slurm import requeue, requeue_signal
from seqmodels.errors import Stopped
from seqmodels.storage import read_checkpoint_file

every_signal = pytest.mark.parametrize("number", ASKING, ids=lambda number: number.name)


def handlers():
    return {number: signal.getsignal(number) for number in [*ASKING, signal.SIGUSR2]}


@pytest.fixture(autouse=True)
def as_before():
    """No test leaves a handler behind, whatever the code does."""
    before = handlers()
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def signals():
    listening = Signals()
    listening.listen()
    yield listening
    listening.release()


@every_signal
def test_the_first_signal_is_noted_and_nothing_else(number, signals, capfd):
    assert signals.received is None
    os.kill(os.getpid(), number)
    assert signals.received == number
    said = capfd.readouterr().err
    assert f"{number.name}: stopping after this step, with a checkpoint" in said
    assert ("Ctrl-C again" in said) == (number == signal.SIGINT)


@every_signal
def test_ctrl_c_after_a_signal_stops_at_once(number, signals):
    os.kill(os.getpid(), number)
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)


@every_signal
def test_of_two_other_signals_the_last_is_noted(number, signals):
    os.kill(os.getpid(), signal.SIGINT)
    if number != signal.SIGINT:
        os.kill(os.getpid(), number)
        assert signals.received == number


def test_handlers_are_given_back(signals):
    signals.release()

    def mine(number, frame):
        pass

    before = signal.signal(signal.SIGTERM, mine)
    try:
        for _ in range(2):
            signals.listen()
            assert signal.getsignal(signal.SIGTERM) is not mine
            signals.release()
            assert signal.getsignal(signal.SIGTERM) is mine
        signals.release()
        assert signal.getsignal(signal.SIGTERM) is mine
    finally:
        signal.signal(signal.SIGTERM, before)


def test_a_signal_before_is_forgotten_by_the_next_training(signals):
    os.kill(os.getpid(), signal.SIGTERM)
    signals.release()
    signals.listen()
    assert signals.received is None


def test_another_signal_can_be_listened_to(signals):
    signals.release()
    signals.listen(signal.SIGUSR2)
    os.kill(os.getpid(), signal.SIGUSR2)
    assert signals.received == signal.SIGUSR2


@every_signal
def test_a_signal_that_is_ignored_stays_so(number, signals):
    signals.release()
    signal.signal(number, signal.SIG_IGN)  # as nohup does with SIGHUP, and a shell with SIGINT in the background
    signals.listen()
    os.kill(os.getpid(), number)
    assert signals.received is None
    signals.release()
    assert signal.getsignal(number) is signal.SIG_IGN


def test_beside_the_main_thread_nothing_is_taken_over():
    before, there = handlers(), []

    def listen():
        Signals().listen()
        there.append(handlers())

    thread = threading.Thread(target=listen)
    thread.start()
    thread.join()
    assert there == [before]


class Sends(Callback):
    """A signal in the middle of a batch."""

    def __init__(self, number, batch):
        self.number = number
        self.batch = batch

    def on_train_batch_start(self, trainer, model, batch, batch_idx):
        if trainer.fit_loop.epoch_loop.total_batch_idx == self.batch:
            os.kill(os.getpid(), self.number)


@every_signal
@pytest.mark.parametrize(
    ("gathered", "batch", "step"),
    [(1, 0, 1), (1, 3, 4), (1, BATCHES - 1, BATCHES), (3, 3, 2), (3, 5, 2), (3, 6, 3), (10, 1, 1)],
)
def test_a_training_stops_after_its_step_with_a_checkpoint(number, gathered, batch, step, tmp_path):
    before = handlers()
    checkpoints = Checkpoints(str(tmp_path), "val/score", save_every=None)
    with pytest.raises(Stopped) as caught:
        fit(Toy(), checkpoints, Sends(number, batch), accumulate_grad_batches=gathered)
    assert caught.value.code == 128 + number
    state = read_checkpoint_file(tmp_path / "last.ckpt")
    assert state["global_step"] == step
    assert state["callbacks"]["Checkpoints"]["whole"]
    assert f"stopped by {number.name} after step {step}, with a checkpoint" in str(caught.value)
    assert f"resume={tmp_path}" in str(caught.value)
    assert handlers() == before


def test_the_step_is_not_left_out_for_a_validation_that_comes_next(tmp_path):
    model = Toy([0.5])
    with pytest.raises(Stopped):
        fit(model, Checkpoints(str(tmp_path), "val/score"), Sends(signal.SIGTERM, 1), val_check_interval=2)
    assert model.validated == [(2, 0.5)]
    assert read_checkpoint_file(tmp_path / "last.ckpt")["global_step"] == 2
    assert read_checkpoint_file(tmp_path / "best.ckpt")["global_step"] == 2


def test_a_training_that_fails_gives_the_signals_back(tmp_path):
    class Fails(Callback):
        def on_train_batch_end(self, *args):
            raise ZeroDivisionError

    before = handlers()
    with pytest.raises(ZeroDivisionError):
        fit(Toy(), Checkpoints(str(tmp_path), "val/score"), Fails())
    assert handlers() == before


def test_a_training_that_ends_gives_the_signals_back(tmp_path):
    before = handlers()
    fit(Toy(), Checkpoints(str(tmp_path), "val/score"), max_epochs=1)
    assert handlers() == before


def trainer_in(environment):
    return SimpleNamespace(_accelerator_connector=SimpleNamespace(cluster_environment=environment))


def test_only_under_slurm_is_there_a_signal_to_be_queued_again():
    assert requeue_signal(trainer_in(LightningEnvironment())) is None
    assert requeue_signal(trainer_in(SLURMEnvironment())) == signal.SIGUSR1
    assert requeue_signal(trainer_in(SLURMEnvironment(requeue_signal=signal.SIGUSR2))) == signal.SIGUSR2
    assert requeue_signal(trainer_in(SLURMEnvironment(auto_requeue=False))) is None


@pytest.fixture
def scontrol(tmp_path, monkeypatch):
    """Slurm's command: writes down what it is told, and ends with an exit code."""

    def make(code):
        file = tmp_path / "scontrol"
        file.write_text(f'#!/bin/sh\necho "$@" > {tmp_path / "told"}\necho "no such job" >&2\nexit {code}\n')
        file.chmod(0o700)
        return tmp_path / "told"

    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("SLURM_JOB_ID", "4711")
    return make


def test_a_job_and_a_job_of_an_array_are_queued_again(scontrol, monkeypatch, capsys):
    told = scontrol(0)
    requeue()
    assert told.read_text().split() == ["requeue", "4711"]
    assert "Slurm job 4711: requeued" in capsys.readouterr().err
    monkeypatch.setenv("SLURM_ARRAY_JOB_ID", "12")
    monkeypatch.setenv("SLURM_ARRAY_TASK_ID", "3")
    requeue()
    assert told.read_text().split() == ["requeue", "12_3"]


def test_a_job_that_cannot_be_queued_again_is_told(scontrol, monkeypatch, capsys):
    scontrol(1)
    requeue()
    assert "Slurm job 4711: not requeued: no such job" in capsys.readouterr().err
    monkeypatch.setenv("PATH", "")
    requeue()
    assert "not requeued: scontrol: No such file or directory" in capsys.readouterr().err
