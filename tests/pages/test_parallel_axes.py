"""Lines through the parameters of configurations."""

from written_runs import write_run

from seqmodels.pages.configurations import groups_of
from seqmodels.pages.folders import find_rows
from seqmodels.pages.parallel import parallel


def test_a_few_numbers_are_written_themselves_and_many_are_not(tmp_path):
    for i in range(12):
        write_run(tmp_path / str(i), [f"layers={1 + i % 2}", f"optim.lr={0.001 * (i + 3)}"], 1, 0.5 + 0.01 * i)
    picture = str(parallel(groups_of(find_rows(tmp_path))[0]).picture)
    assert ">1</text>" in picture
    assert ">2</text>" in picture
    assert ">1.5</text>" not in picture
    assert ">0.003</text>" not in picture
