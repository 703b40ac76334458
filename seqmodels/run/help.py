"""What ``seqmodels train --help`` shows."""

from collections.abc import Sequence

from seqmodels.run.compose import ConfigTree

PROGRAM = "seqmodels train"


def help_text(tree: ConfigTree) -> str:
    """What ``seqmodels train --help`` shows: how to use it, and everything that can be chosen."""
    lines = [
        f"usage: {PROGRAM} [KEY=VALUE ...] [--multirun] [--config-dir DIR] [--trust PACKAGE] [--cfg job]",
        "",
        "Train the model that the config names, test it, and write a run folder.",
        "",
        f"  {PROGRAM}                                             the default task",
        f"  {PROGRAM} task=pos_tagging model/encoder=bigru        another task, another encoder",
        f"  {PROGRAM} optim.lr=0.003 trainer.max_epochs=5         any value of the config",
        f"  {PROGRAM} data=conllu data.train=a.conllu data.val=b.conllu data.test=c.conllu task=pos_tagging",
        f"  {PROGRAM} --multirun model/encoder=rnn,lstm,gru       one run for each",
        f"  {PROGRAM} task=dates --cfg job                        show the composed config, run nothing",
        "",
        "  --multirun, -m       run every combination of the values that commas separate",
        "  --config-dir DIR     a folder of your own with more choices (task/mine.yaml, data/mine.yaml, ...)",
        "  --trust PACKAGE      let the config name classes of that package of yours",
        "  --cfg job, --info, --resolve, --package, --hydra-help   as in Hydra (https://hydra.cc)",
        "",
        "choices (GROUP=CHOICE):",
    ]
    default, groups = tree.compose(), tree.groups()
    lines += [line for group in _order(groups) for line in _group_lines(tree, group)]
    lines += ["", "keys (KEY=VALUE) of the default task:"]
    lines += [f"  {key}" for key in map(str, default) if key not in groups]
    return "\n".join(lines)


def _order(groups: Sequence[str]) -> list[str]:
    first = ["task", "model/encoder", "device", "data"]
    return [g for g in first if g in groups] + [g for g in groups if g not in first]


def _group_lines(tree: ConfigTree, group: str) -> list[str]:
    names = tree.choices(group)
    width = max(len(name) for name in names)
    return [f"  {group}", *(f"    {name.ljust(width)}  {tree.description(group, name)}".rstrip() for name in names)]
