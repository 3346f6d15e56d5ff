# Stampwell in a container: docs/operating/container.md says how to run it.
# Debian's own Python, so that security updates come from one place, and the packages of uv.lock.

FROM debian:trixie-slim AS build
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3-venv binutils ca-certificates \
    && rm -rf /var/lib/apt/lists/*
RUN python3 -m venv /opt/uv && /opt/uv/bin/pip install --no-cache-dir uv==0.13.9
ENV UV_PROJECT_ENVIRONMENT=/opt/stampwell UV_PYTHON=/usr/bin/python3 UV_LINK_MODE=copy UV_NO_CACHE=1
WORKDIR /source
# What it needs changes less often than itself, so it is a layer of its own.
COPY pyproject.toml uv.lock README.md LICENSE ./
RUN /opt/uv/bin/uv sync --frozen --no-dev --extra s3 --no-install-project --compile-bytecode
COPY bin/wheel_backend.py bin/
COPY stampwell stampwell
RUN /opt/uv/bin/uv sync --frozen --no-dev --extra s3 --no-editable --compile-bytecode \
    # Names of libraries' own functions, which only a debugger reads.
    && find /opt/stampwell -name '*.so' -size +1M -exec strip --strip-unneeded {} +

FROM debian:trixie-slim
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3 ca-certificates \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt \
    # By name as well: PostgreSQL makes no database for a user that is a number alone.
    && groupadd --gid 10001 stampwell \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin stampwell \
    && install -d -o stampwell -g stampwell -m 700 /data
COPY --from=build /opt/stampwell /opt/stampwell
ENV PATH=/opt/stampwell/bin:/usr/local/bin:/usr/bin:/bin \
    STAMPWELL_DATA=/data \
    STAMPWELL_LISTEN=0.0.0.0:8000
USER 10001:10001
VOLUME /data
EXPOSE 8000
# Live, not ready: to start it again because the database is away would help nobody.
HEALTHCHECK --interval=30s --timeout=5s --start-period=5m \
    CMD ["/opt/stampwell/bin/python", "-c", \
        "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health/live', timeout=4)"]
ENTRYPOINT ["stampwell"]
CMD ["serve"]
