# The service as one small image, run by a user who owns nothing but the data.
FROM python:3.13-slim

WORKDIR /src
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY bot bot
COPY handlers handlers
COPY locales locales
COPY migrations migrations
RUN pip install --no-cache-dir --constraint constraints.txt . \
    && useradd --uid 10001 --create-home --home-dir /town town \
    && install --directory --owner town /town/data

USER town
WORKDIR /town
VOLUME /town/data
ENV HOST=0.0.0.0 PORT=8080
EXPOSE 8080
HEALTHCHECK CMD python -c "import os, urllib.request as web; web.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz')"
CMD ["folkmoot", "run"]
