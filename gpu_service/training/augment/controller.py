"""How strong the augmentation is: as strong as it must be for the discriminator not to know the data by heart.

Karras et al. 2020 (ADA), section 3: r = E[sign D(real)] is 0 without overfitting and goes to 1; p follows it.
"""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Strength:
    """p, and the signs gathered since it was last moved."""

    p: float = 0.0
    signs: float = 0.0  # sum of sign(D(real)), each −1, 0 or 1
    judged: int = 0
    steps: int = 0


@dataclass(frozen=True)
class Controller:
    """Moves p every `every` steps, up when the mean sign lies above `target`, down when it lies below.

    At a steady pace p goes from 0 to 1 within `kimg` thousand pictures. Without `kimg` p stays as it is.
    """

    target: float = 0.6
    every: int = 4
    kimg: float | None = 500

    def step(self, now: Strength, *, signs: float, judged: int, batch: int) -> Strength:
        """After one step: the sum of signs of `judged` real pictures; `batch` pictures were shown."""
        grown = replace(now, signs=now.signs + signs, judged=now.judged + judged, steps=now.steps + 1)
        if grown.steps < self.every:
            return grown
        return Strength(p=self.moved(now.p, signs=grown.signs, judged=grown.judged, pictures=batch * grown.steps))

    def moved(self, p: float, *, signs: float, judged: int, pictures: int) -> float:
        """p after that many pictures more. Never below 0; it may pass 1, where it changes nothing more."""
        if self.kimg is None or judged == 0:
            return p
        mean = signs / judged
        direction = (mean > self.target) - (mean < self.target)
        return max(p + direction * pictures / (self.kimg * 1000), 0.0)
