"""Flair's side: its SequenceTagger without CRF, trained by its ModelTrainer. Runs in .venv-peers."""

import logging
from typing import Any

import flair
import torch
import torch._dynamo
from flair.data import Corpus
from flair.datasets import UniversalDependenciesDataset
from flair.embeddings import OneHotEmbeddings
from flair.models import SequenceTagger
from flair.trainers import ModelTrainer
from flair.trainers.plugins import TrainerPlugin
from work import Report, Watch, Work, final_loss, finish, told


class Losses(TrainerPlugin):
    """Keeps the loss and the tokens of every batch."""

    def __init__(self) -> None:
        super().__init__()
        self.values: list[float] = []
        self.tokens: list[int] = []

    @TrainerPlugin.hook
    def metric_recorded(self, record: Any) -> None:
        """Called for everything that the trainer measures."""
        if tuple(record.name) == ("train", "batch_loss"):
            self.values.append(record.value)

    @TrainerPlugin.hook
    def after_training_batch(self, batch: list[Any], **_: Any) -> None:
        """Called with the batch's sentences."""
        self.tokens.append(sum(map(len, batch)))


def make_trainer(work: Work) -> tuple[ModelTrainer, OneHotEmbeddings]:
    """The file read, and a tagger for it. No split is held out, so that nothing is evaluated."""
    corpus = Corpus(train=UniversalDependenciesDataset(work.train), sample_missing_splits=False)
    embeddings = OneHotEmbeddings.from_corpus(corpus, min_freq=work.min_freq, embedding_length=work.embedding_size)
    tagger = SequenceTagger(
        embeddings=embeddings,
        tag_dictionary=corpus.make_label_dictionary("upos"),
        tag_type="upos",
        hidden_size=work.hidden_size,
        use_crf=False,
        reproject_embeddings=False,
        dropout=work.dropout,
        word_dropout=0.0,
        locked_dropout=0.0,
    )
    return ModelTrainer(tagger, corpus), embeddings


def train(trainer: ModelTrainer, work: Work, losses: Losses) -> None:
    """One epoch; neither checkpoints nor logs are written. Adam is fused, as on our side."""
    trainer.train(
        work.folder,
        learning_rate=work.lr,
        mini_batch_size=work.batch_size,
        max_epochs=1,
        optimizer=torch.optim.Adam,
        fused=True,
        max_grad_norm=work.clip,
        attach_default_scheduler=False,
        embeddings_storage_mode="none",
        use_final_model_for_eval=True,
        save_final_model=False,
        create_file_logs=False,
        create_loss_file=False,
        plugins=[losses],
    )


def main() -> None:
    """Train as told, and report."""
    work = told()
    torch.set_num_threads(work.threads)
    flair.device = torch.device("cpu")
    logging.getLogger("flair").setLevel(logging.WARNING)
    watch, losses = Watch(), Losses()
    flair.set_seed(work.seed)
    trainer, embeddings = make_trainer(work)
    prepare = watch.lap()
    train(trainer, work, losses)
    seconds = watch.lap()
    sentences = trainer.corpus.train
    report = Report(
        version=f"flair {flair.__version__}",
        sentences=len(sentences),
        tokens=sum(len(sentence) for sentence in sentences),
        words=len(embeddings.vocab_dictionary) - 1,  # without <unk>
        parameters=sum(p.numel() for p in trainer.model.parameters()),
        prepare=prepare,
        train=seconds,
        loss=final_loss([float(v) for v in losses.values], losses.tokens),
    )
    finish(work, report)


if __name__ == "__main__":
    main()
