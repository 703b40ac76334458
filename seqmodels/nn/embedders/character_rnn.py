"""Words by a recurrence over their letters."""

from seqmodels.nn.dropout import Dropout
from seqmodels.nn.embedders.base import Embedder
from seqmodels.nn.embedders.characters import Letters
from seqmodels.nn.encoders.recurrent import CellName, RecurrentEncoder
from seqmodels.types import Padded, Positive, Probability


class CharacterRnn(Embedder):
    """The last states of a recurrence that reads a word's letters from both ends (Ling et al. 2015; Lample et al. 2016,
    section 4.1).

    Args:
        input_size: a size with the part ``characters``, as words have it.
        hidden_size: width of one direction; the word's vector is twice as wide.
        embedding_size: width of a letter's vector.
        cell: of the recurrence.
        dropout: share of the letters' numbers set to zero in training.

    Raises:
        ValueError: the inputs have no letters.

    Example:
        >>> from seqmodels.nn.embedders import CharacterRnn
        >>> from seqmodels.types import Size
        >>> CharacterRnn(Size(9, parts={"words": Size(9), "characters": Size(5)}), hidden_size=25).output_size
        50
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: Positive = 50,
        embedding_size: Positive = 30,
        cell: CellName = "lstm",
        dropout: Probability = 0.0,
    ):
        super().__init__(2 * hidden_size)
        self.letters = Letters(input_size, embedding_size, type(self).__name__)
        self.dropout = Dropout(dropout)
        self.encoder = RecurrentEncoder(embedding_size, hidden_size, cell, bidirectional=True)

    def forward(self, inputs: Padded) -> Padded:
        spelt = self.letters.spell(inputs)
        vectors = self.letters(spelt.letters)  # (N, W, E)
        encoded = self.encoder(vectors._replace(data=self.dropout(vectors.data)))
        return spelt.put_back(encoded.state[0][-1], inputs.lengths)  # (B, T, 2H)
