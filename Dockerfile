# The bot alone. Two stages, so that neither pip nor what it built with is left in the second.
# Pin the base by its digest where you build: docker buildx imagetools inspect python:3.11-slim-bookworm
FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
RUN python -m venv /venv
COPY requirements.txt .
RUN /venv/bin/python -m pip install --require-hashes --only-binary=:all: -r requirements.txt
COPY pyproject.toml README.md LICENSE ./
COPY rules rules
COPY conversations conversations
COPY storage storage
COPY locales locales
COPY bot bot
RUN /venv/bin/python -m pip install --no-deps --no-build-isolation --no-index . \
 && /venv/bin/python -m pip uninstall --yes setuptools pip

FROM python:3.11-slim-bookworm
RUN python -m pip uninstall --yes --root-user-action=ignore setuptools wheel pip \
 && useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin lindung \
 && install --directory --owner=lindung --mode=0700 /data
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    LINDUNG_HOME=/data \
    LOG_FORMAT=json \
    WEBHOOK_LISTEN=0.0.0.0:8080
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=3s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8080/healthz', timeout=2)"]
ENTRYPOINT ["lindung"]
CMD ["serve"]
