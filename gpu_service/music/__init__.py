"""A track as numbers. Needs numpy, scipy, soxr and an ffmpeg binary; neither torch nor Django."""
