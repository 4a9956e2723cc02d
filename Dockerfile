# One image for every role; the command selects it (default: web; docker-compose.yml has workers,
# beat and migrations).
# Requirements are pinned with hashes. To pin the base image too, build with its digest:
#   docker build --build-arg BASE=python:3.11-slim-bookworm@sha256:... .
ARG BASE=python:3.11-slim-bookworm

FROM ${BASE} AS build
WORKDIR /app
# The alternative, requirements-otel.txt, also has the packages that OTEL_EXPORTER_OTLP_ENDPOINT needs.
ARG REQUIREMENTS=requirements.txt
COPY ${REQUIREMENTS} ./
RUN python -m venv /venv \
    && /venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check --require-hashes -r ${REQUIREMENTS}
COPY . ./
# Settings refuse to load without a secret and a database. These values exist only in this step,
# which does not connect to a database.
RUN SECRET_KEY=used-only-while-static-files-are-collected DATABASE_URL=postgres://nobody@nowhere/nothing \
    /venv/bin/python manage.py collectstatic --noinput --verbosity 0

FROM ${BASE}
RUN useradd --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin app
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["python", "-P", "backend/observability/probe.py"]
CMD ["gunicorn", "--config", "python:backend.gunicorn", "backend.wsgi:application"]
