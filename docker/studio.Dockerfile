# The studio and its worker: the pages are built here, so that the running image needs no Node.
FROM node:20-bookworm-slim AS pages
WORKDIR /src
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc frontend/
RUN cd frontend && npm ci
COPY docs/openapi.json docs/
COPY frontend frontend
RUN cd frontend && npm run build

FROM python:3.11-slim-bookworm
RUN apt-get update && apt-get install -y --no-install-recommends ffmpeg && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY pyproject.toml ./
# The extra alone: the studio holds no torch.
RUN pip install --no-cache-dir uv && python -c "import tomllib; print('\n'.join(tomllib.load(open('pyproject.toml', 'rb'))['project']['optional-dependencies']['studio']))" > wanted.txt
COPY requirements.lock ./
RUN grep -v '^torch==' requirements.lock > without-torch.lock && uv pip install --system --no-cache -r wanted.txt -c without-torch.lock
COPY manage.py ./
COPY studio studio
COPY gpu_service gpu_service
COPY --from=pages /src/frontend/dist frontend/dist
RUN useradd --create-home --uid 10001 studio && mkdir /data && chown studio /data
ENV NUMBA_CACHE_DIR=/tmp/numba
USER studio
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD python -c "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz')"
