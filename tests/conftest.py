"""What several rooms of tests share."""

import gc
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import torch
import yaml

from seqmodels import Padded
from seqmodels.types import pad

if TYPE_CHECKING:
    from seqmodels.data import Conllu, Splits

CONF = Path(__file__).parents[1] / "conf"


def pytest_collection_finish() -> None:
    """Torch, Lightning and ten thousand tests stay: garbage is not looked for among them again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(0)


@pytest.fixture(autouse=True)
def signals_as_in_a_terminal() -> Iterator[None]:
    """In the background, where CI may be, a shell has SIGINT ignored, and nohup SIGHUP."""
    usual = {signal.SIGINT: signal.default_int_handler, signal.SIGHUP: signal.SIG_DFL}
    before = {number: signal.signal(number, handler) for number, handler in usual.items()}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def vectors() -> Callable[..., Padded]:
    """Makes random sequences of these lengths and this width."""

    def make(lengths: list[int], width: int, dtype: torch.dtype = torch.float64) -> Padded:
        return pad([torch.randn(length, width, dtype=dtype) for length in lengths])

    return make


@pytest.fixture
def ids() -> Callable[..., Padded]:
    """Makes random sequences of these lengths, of ids from 4 (below it stand the special symbols) to ``size`` - 1."""

    def make(lengths: list[int], size: int) -> Padded:
        return pad([torch.randint(4, size, (length,)) for length in lengths])

    return make


@pytest.fixture
def noisy() -> Callable[..., Padded]:
    """Puts a value past every end, and that many steps more."""

    def put(padded: Padded, value: float, more: int = 0) -> Padded:
        batch, _, *width = padded.data.shape
        data = torch.cat([padded.data, padded.data.new_zeros((batch, more, *width))], dim=1)
        wider = Padded(data, padded.lengths)
        mask = wider.mask.reshape(*wider.mask.shape, *[1] * len(width))
        return Padded(torch.where(mask, data, torch.full_like(data, value)), padded.lengths)

    return put


@pytest.fixture(scope="session")
def data_config() -> Callable[[str], dict[str, Any]]:
    """Reads what conf/data/<name>.yaml passes to its reader."""

    def read(name: str) -> dict[str, Any]:
        values = yaml.safe_load((CONF / "data" / f"{name}.yaml").read_text(encoding="utf-8"))
        return {key: value for key, value in values.items() if not key.startswith("_")}

    return read


@pytest.fixture(scope="session")
def ewt_reader(data_config: Callable[[str], dict[str, Any]]) -> "Conllu":
    """UD English EWT as conf/data names it; the test is skipped where the data root does not hold it."""
    # Here, because the data room takes Lightning along: seconds that the tests of seqmodels.nn need not wait.
    from seqmodels.data import Conllu, Remote

    config = data_config("ud_english_ewt")
    files = [Remote(*(config[split][key] for key in ("url", "sha256", "folder"))) for split in ("train", "val", "test")]
    for file in files:
        if not file.path.is_file():
            pytest.skip(f"{file.path} is not there: set SEQMODELS_DATA to a folder that holds {file.folder}")
    return Conllu(*files, column=config["column"])


@pytest.fixture(scope="session")
def ewt(ewt_reader: "Conllu") -> "Splits":
    """The sentences of UD English EWT."""
    return ewt_reader.read()
