"""Files that are whole or not there: written beside their place, then put into it; checkpoints with their sha256."""

from seqmodels.storage.atomic import replacing, same_file, sweep, write_text
from seqmodels.storage.checkpoints import CheckpointFiles, read_checkpoint_file

__all__ = ["CheckpointFiles", "read_checkpoint_file", "replacing", "same_file", "sweep", "write_text"]
