"""What ``seqmodels sweep --help`` shows."""

from seqmodels.run.compose import ConfigTree

TEXT = """\
usage: seqmodels sweep sweep=NAME | KEY=A,B,C ... [KEY=VALUE ...] [SETTING=VALUE ...] [--config-dir DIR] [--trust P]
       seqmodels sweep resume=DIR [trials=N] [finalists=K] [seeds=N] [workers=N]

Train once for each of many settings, every run in a process of its own, and keep what each came to.

  seqmodels sweep task=date_language model/encoder=bigru,bilstm optim.lr=0.001,0.003      every combination
  seqmodels sweep task=date_language 'optim.lr=tag(log,interval(1e-4,1e-2))' trials=20    drawn
  seqmodels sweep sweep=encoders task=language_id workers=2 finalists=3 seeds=5           a space from a file
  seqmodels sweep resume=runs/sweeps/encoders/2026-11-29_09-30-00 trials=60               goes on, with more trials

  KEY=A,B,C                          choices; also choice(...), glob(*) and the like of Hydra's grammar
  KEY=range(1,5)                     1, 2, 3, 4
  KEY='interval(0.1,0.9)'            any number between; int(interval(1,9)) any whole one
  KEY='tag(log,interval(1e-4,1e-2))' the same, drawn by its logarithm

settings of the sweep:
  dir=DIR           its folder (default: runs/sweeps/NAME/<date and time>); the same command elsewhere joins in
  workers=N         runs at a time (1); threads=N of each (the cores, shared out)
  trials=N          how many (20; of a grid all)
  trial_seeds=N     seeds of each trial, whose mean counts (1); seed=N is the first (1)
  finalists=K seeds=N   train the best K again from N seeds that no trial had, and test them (0, 5)
  sampler=S         grid, random, tpe, cmaes (grid where all are choices and trials is not set, else tpe)
  pruner=P          none, median, asha, hyperband (none)
  objective=M direction=D   a validated metric, and minimize or maximize (the task's own)
  storage=URL study_name=S  an SQLAlchemy URL (an SQLite file in the folder)
  launcher=submitit slurm='{timeout_min:60,slurm_partition:P}'   workers as jobs of Slurm
  name=S            of the sweep

files (sweep=NAME):"""


def help_text(tree: ConfigTree) -> str:
    """How to use it, and the spaces that there are."""
    names = tree.choices("sweep")
    width = max(map(len, names), default=0)
    return "\n".join([TEXT, *(f"  {name.ljust(width)}  {tree.description('sweep', name)}" for name in names)])
