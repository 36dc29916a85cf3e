from django.apps import AppConfig

from studio.blobs import uploads
from studio.jobs.handlers import HANDLERS
from studio.jobs.watchers import watch


class TracksConfig(AppConfig):
    name = "studio.tracks"
    label = "tracks"

    def ready(self) -> None:
        uploads.register("track", "studio.tracks.rules.track_from_upload", begins="studio.tracks.replace.begins")
        uploads.register("stem", "studio.tracks.stems.finished", begins="studio.tracks.stems.begins")
        HANDLERS["check_stem"] = "studio.tracks.stems.handle"
        watch("check_stem", "studio.tracks.stems.follow")
        HANDLERS["analyse_track"] = "studio.tracks.analyse.handle"
        HANDLERS["find_beats"] = "studio.tracks.find_anew.handle"
        HANDLERS["join_tracks"] = "studio.tracks.join.handle"
        watch("join_tracks", "studio.tracks.analyse.follow")
        watch("analyse_track", "studio.tracks.analyse.follow")
