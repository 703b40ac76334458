"""Train a model: the same as ``seqmodels train``, from a checkout that need not be installed."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from seqmodels.run.cli import main

if __name__ == "__main__":
    main(["train", *sys.argv[1:]])
