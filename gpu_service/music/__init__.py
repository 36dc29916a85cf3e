"""A track as numbers. Needs librosa (numpy, scipy, soxr) and an ffmpeg binary; neither torch nor Django."""
