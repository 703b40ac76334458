"""Parts of a model: modules of plain integers and tensors, usable without Lightning, Hydra or each other."""
