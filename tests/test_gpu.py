"""What only a GPU can show: run by ``python -m pytest -m gpu`` on a machine that has one."""

from types import SimpleNamespace

import pytest
import torch

import seqmodels
from seqmodels.callbacks import StepSeed
from seqmodels.nn.encoders import AttentiveEncoder, RecurrentEncoder
from seqmodels.run.cli import run
from seqmodels.types import pad

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device on this machine"),
]


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_an_encoder_gives_the_numbers_of_the_cpu(cell):
    encoder = RecurrentEncoder(5, 8, cell, num_layers=2, bidirectional=True).double()
    inputs = pad([torch.randn(length, 5, dtype=torch.float64) for length in (3, 7, 1)])
    wanted = encoder(inputs)
    found = encoder.cuda()(type(inputs)(*(tensor.cuda() for tensor in inputs)))
    torch.testing.assert_close(found.outputs.data.cpu(), wanted.outputs.data, rtol=1e-9, atol=1e-9)
    torch.testing.assert_close(found.state[0].cpu(), wanted.state[0], rtol=1e-9, atol=1e-9)


def test_looking_back_gives_the_numbers_of_the_cpu():
    encoder = AttentiveEncoder(5, 8, window=4, key_size=6).double().eval()
    inputs = pad([torch.randn(length, 5, dtype=torch.float64) for length in (3, 7, 1)])
    wanted = encoder(inputs, encoder(inputs).state)
    encoder.cuda()
    inputs = type(inputs)(*(tensor.cuda() for tensor in inputs))
    found = encoder(inputs, encoder(inputs).state)
    torch.testing.assert_close(found.outputs.data.cpu(), wanted.outputs.data, rtol=1e-9, atol=1e-9)
    torch.testing.assert_close([part.cpu() for part in found.state], list(wanted.state), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_gradients_outside_training_are_those_of_the_cpu(cell):
    inputs = pad([torch.randn(length, 5, dtype=torch.float64) for length in (3, 7, 1)])
    encoder = RecurrentEncoder(5, 8, cell).double().eval()
    wanted = torch.autograd.grad(encoder(inputs).outputs.data.sum(), list(encoder.parameters()))
    encoder.cuda()
    outputs = encoder(type(inputs)(*(tensor.cuda() for tensor in inputs))).outputs
    found = torch.autograd.grad(outputs.data.sum(), list(encoder.parameters()))
    torch.testing.assert_close([g.cpu() for g in found], list(wanted), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("precision", ["32-true", "bf16-mixed", "16-mixed"])
def test_a_run_on_a_gpu_answers_on_the_cpu_too(precision, tmp_path):
    words = ["device=gpu", "data.train=500", "data.val=50", "data.test=50", "trainer.max_epochs=1"]
    assert run(["train", *words, f"trainer.precision={precision}", f"run_dir={tmp_path / 'run'}"]) == 0
    predictor = seqmodels.load(tmp_path / "run")
    answers = predictor.predict(["3. März 2026"])
    predictor.model.cuda()
    assert predictor.predict(["3. März 2026"]) == answers


def test_the_same_place_of_a_training_draws_the_same_on_a_gpu():
    trainer, model = SimpleNamespace(current_epoch=2, global_rank=0), SimpleNamespace(device=torch.device("cuda", 0))
    drawn = []
    for batch in (5, 5, 6):
        StepSeed(1).on_train_batch_start(trainer, model, None, batch)
        drawn.append(torch.rand(9, device="cuda"))
        torch.rand(len(drawn), device="cuda")
    assert torch.equal(drawn[0], drawn[1])
    assert not torch.equal(drawn[0], drawn[2])
