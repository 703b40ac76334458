"""Sound to numbers: recordings, their ends cut off, other sampling rates, log-mel frames."""

from seqmodels.audio.log_mel import LogMel
from seqmodels.audio.mel import mel_bank
from seqmodels.audio.recording import Recording, read_wave, write_wave
from seqmodels.audio.resample import resample
from seqmodels.audio.trim import trimmed

__all__ = ["LogMel", "Recording", "mel_bank", "read_wave", "resample", "trimmed", "write_wave"]
