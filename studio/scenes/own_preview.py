"""A preview of one page alone: what it shows is never saved, so the newest word of the page is all there is."""

from typing import Any

from gpu_service.protocol import PreviewUpdate
from studio.scenes.preview_state import Preview, Sight


class OwnPreview(Preview):
    is_own = True

    def show(self, sight: Sight, changed: dict[str, Any]) -> int:
        """Draw this from now on. Only what changed travels, unless files or sizes did too. -> the revision of it"""
        former, self.sight = self.sight, sight
        bare: dict[str, Any] = {"parameters": {}}
        is_alike = former.spec.model_copy(update=bare) == sight.spec.model_copy(update=bare)
        self.revision += 1
        if is_alike and former.inputs == sight.inputs:
            update = PreviewUpdate(preview_id=self.id, revision=self.revision, parameters=changed)
        else:
            self.width, self.height = sight.spec.width, sight.spec.height
            update = PreviewUpdate(
                preview_id=self.id,
                revision=self.revision,
                scene=sight.spec,
                inputs=sight.inputs,
                width=self.width,
                height=self.height,
            )
        if self.sender is not None:
            self.sender.send(update)
        return self.revision
