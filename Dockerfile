# Checkback in a container. Runs as nobody in particular, on a read-only root; all that it keeps is in /data.
#   docker build --tag checkback .
#   docker run --read-only --tmpfs /tmp --volume checkback:/data --env CHECKBACK_SECRET_KEY=… --publish 8080:8080 checkback

FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/checkback
# The locked packages first: this layer changes only when the lock does. Every file is checked against its hash.
COPY requirements.lock /src/
RUN /opt/checkback/bin/pip install --require-hashes --requirement /src/requirements.lock
COPY pyproject.toml LICENSE /src/
COPY bot /src/bot
COPY adapters /src/adapters
COPY surveys /src/surveys
COPY storage /src/storage
# The build backend is in the lock too, so nothing unlocked is fetched; and pip is not needed from here on.
RUN /opt/checkback/bin/pip install --no-deps --no-build-isolation /src \
    && /opt/checkback/bin/pip uninstall --yes hatchling editables pip

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /data --no-create-home --shell /usr/sbin/nologin checkback \
    && install --directory --owner checkback --group checkback --mode 0700 /data
COPY --from=build /opt/checkback /opt/checkback
ENV PATH=/opt/checkback/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    CHECKBACK_HOST=0.0.0.0 \
    CHECKBACK_PORT=8080 \
    CHECKBACK_DATABASE_URL=sqlite:////data/checkback.db
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 8080
# /healthz speaks for the process alone; /readyz, for a balancer, also for the database and the platforms.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f\"http://127.0.0.1:{os.environ['CHECKBACK_PORT']}/healthz\", timeout=4)"]
ENTRYPOINT ["checkback"]
CMD ["serve"]
