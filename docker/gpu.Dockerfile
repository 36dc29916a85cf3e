# One render service. With a CUDA machine, start it with the `gpu` profile's device reservation.
FROM python:3.11-slim-bookworm
RUN apt-get update && apt-get install -y --no-install-recommends ffmpeg && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY pyproject.toml requirements.lock ./
RUN pip install --no-cache-dir uv && python -c "import tomllib; print('\n'.join(tomllib.load(open('pyproject.toml', 'rb'))['project']['optional-dependencies']['gpu']))" > wanted.txt && uv pip install --system --no-cache -r wanted.txt -c requirements.lock
COPY gpu_service gpu_service
RUN useradd --create-home --uid 10001 render && mkdir /cache && chown render /cache
ENV NUMBA_CACHE_DIR=/tmp/numba
USER render
VOLUME /cache
