"""How strong the augmentation is: as strong as it must be for the discriminator not to know the data by heart.

Karras et al. 2020 (ADA), section 3: r = E[sign D(real)] is 0 without overfitting and goes to 1; p follows it.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Controller:
    """Moves p up while the mean sign lies above `target`, down while it lies below: from 0 to 1 in `kimg` thousand."""

    target: float = 0.6
    kimg: float = 500

    def moved(self, p: float, *, sign: float, pictures: int) -> float:
        """p after so many pictures more, whose mean sign, −1…1, is given.

        Never below 0. It may pass 1, where nothing more happens, and needs as long to come back.
        """
        direction = (sign > self.target) - (sign < self.target)
        return max(p + direction * pictures / (self.kimg * 1000), 0.0)
