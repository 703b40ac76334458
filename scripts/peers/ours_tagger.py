"""This project's side: a tagger of words alone as `seqmodels train` trains it, without what that writes and scores."""

from typing import Any

from seqmodels.run.process import tune_process

tune_process()  # before torch is imported, as the command line does

import torch  # noqa: E402
import torch._dynamo  # noqa: E402 - the first optimiser would import it; imports are not timed
from pytorch_lightning import Callback, LightningModule, Trainer, seed_everything  # noqa: E402
from torch import Tensor  # noqa: E402
from work import Report, Watch, Work, final_loss, finish, told  # noqa: E402

from seqmodels import __version__  # noqa: E402
from seqmodels.run.build import IN_CONFIGS  # noqa: E402
from seqmodels.run.compose import ConfigTree  # noqa: E402
from seqmodels.run.make import make_data, make_model, make_trainer, parameters  # noqa: E402
from seqmodels.run.plain import plain  # noqa: E402
from seqmodels.run.process import quiet  # noqa: E402
from seqmodels.run.recipe import RecipeInCheckpoint  # noqa: E402
from seqmodels.types import Batch  # noqa: E402


class Losses(Callback):
    """Keeps the loss and the tokens of every batch."""

    def __init__(self) -> None:
        self.values: list[Tensor] = []
        self.tokens: list[Tensor] = []

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: Any, batch: Batch, batch_idx: int
    ) -> None:
        self.values.append(outputs["loss"].detach())
        self.tokens.append(batch.inputs.lengths.sum())


def settings(work: Work) -> list[str]:
    """The work as overrides. The other side does not lower-case, average weights or write files, so nor does this."""
    absent = ("checkpoints", "weight_average", "early_stopping", "progress")
    return [
        "task=pos_tagging",
        "data=conllu",
        f"data.train='{work.train}'",
        f"data.val='{work.one_sentence}'",
        f"data.test='{work.one_sentence}'",
        "fields.inputs._target_=seqmodels.text.Tokens",
        "+fields.inputs.lowercase=false",
        f"+fields.inputs.min_freq={work.min_freq}",
        "augment=none",
        "model/embedder=tokens",
        f"model.embedder.embedding_size={work.embedding_size}",
        f"model.embedder.dropout={work.dropout}",
        f"model.encoder.hidden_size={work.hidden_size}",
        f"model.head.dropout={work.dropout}",
        "batching.max_tokens=null",
        f"+batching.batch_size={work.batch_size}",
        "encoder_dropout=0",
        "encoder_locked_dropout=false",
        f"optim.lr={work.lr}",
        "scheduler=none",
        "device=cpu",
        "logger=none",
        "trainer.max_epochs=1",
        f"trainer.gradient_clip_val={work.clip}",
        "++trainer.limit_val_batches=0",
        "++trainer.enable_checkpointing=false",
        *(f"callbacks.{name}=null" for name in absent),
        f"seed={work.seed}",
        f"run_dir='{work.folder}'",
    ]


def main() -> None:
    """Train as told, and report."""
    work = told()
    torch.set_num_threads(work.threads)
    quiet()
    watch, losses = Watch(), Losses()
    config = plain(ConfigTree().compose(settings(work)))
    seed_everything(work.seed, verbose=False)
    data = make_data(config, IN_CONFIGS)
    data.setup("fit")
    model = make_model(config, data, IN_CONFIGS)
    trainer = make_trainer(config, [RecipeInCheckpoint()], IN_CONFIGS)
    trainer.callbacks.append(losses)
    prepare = watch.lap()
    trainer.fit(model, datamodule=data)
    train = watch.lap()
    examples = data.splits.train
    report = Report(
        version=f"seqmodels {__version__}",
        sentences=len(examples),
        tokens=sum(len(example.inputs) for example in examples),
        words=data.sizes.inputs - len(data.inputs.specials),
        parameters=parameters(model),
        prepare=prepare,
        train=train,
        loss=final_loss([float(v) for v in losses.values], [int(n) for n in losses.tokens]),
    )
    finish(work, report)


if __name__ == "__main__":
    main()
