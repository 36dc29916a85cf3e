"""Which picture is shown when. A run's position, the number of pictures shown, is all there is to know."""

import numpy as np


class Order:
    """Every epoch shows all pictures once, shuffled by (seed, epoch); with `mirror` each as it is and mirrored."""

    def __init__(self, count: int, *, seed: int, mirror: bool) -> None:
        self.count, self.seed = count, seed
        self.epoch_length = 2 * count if mirror else count
        self._epochs: dict[int, np.ndarray] = {}

    def at(self, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """int64 [n] -> which pictures, int64 [n], and which of them are mirrored, bool [n]"""
        epochs, places = np.divmod(positions, self.epoch_length)
        items = np.empty(len(positions), np.int64)
        for epoch in np.unique(epochs).tolist():
            here = epochs == epoch
            items[here] = self._epoch(epoch)[places[here]]
        return items % self.count, items >= self.count

    def _epoch(self, epoch: int) -> np.ndarray:
        if epoch not in self._epochs:
            # Raw numbers stay the same in every version of numpy; its permutations need not.
            keys = np.random.PCG64([self.seed, epoch]).random_raw(self.epoch_length)
            shuffled = np.argsort(keys, kind="stable").astype(np.uint32)
            newest = max(self._epochs, default=-1)
            self._epochs = {old: order for old, order in self._epochs.items() if old == newest} | {epoch: shuffled}
        return self._epochs[epoch]
