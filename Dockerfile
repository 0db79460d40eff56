# syntax=docker/dockerfile:1
FROM rust:1.95-slim-bookworm AS build
# The image's own compiler is the pinned one; without this rustup would add components nobody needs here.
ENV RUSTUP_TOOLCHAIN=1.95.0
RUN apt-get update \
 && apt-get install -y --no-install-recommends cmake g++ make \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --package concord \
 && cp target/release/concord /concord

FROM debian:bookworm-slim
RUN useradd --system --uid 10001 --home-dir /var/lib/concord --create-home --shell /usr/sbin/nologin concord \
 && chmod 0700 /var/lib/concord
COPY --from=build /concord /usr/local/bin/concord
USER 10001
WORKDIR /var/lib/concord
VOLUME /var/lib/concord
ENV CONCORD_LISTEN=0.0.0.0:8080 \
    CONCORD_LOG_FORMAT=json
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["concord", "health", "http://127.0.0.1:8080"]
ENTRYPOINT ["concord"]
CMD ["serve"]
