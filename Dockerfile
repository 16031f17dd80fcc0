# docker build --build-arg VERSION="$(git describe --always --dirty)" -t dure .
# docker run -p 8080:8080 -v dure:/data dure

FROM golang:1.26-bookworm AS build
WORKDIR /src

# The modules in a layer of their own: it is rebuilt only when they change.
COPY go.mod go.sum ./
RUN go mod download

COPY . .
ARG VERSION=unknown
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false -pgo=cmd/dure/serve.pgo -tags=nomsgpack \
      -ldflags "-X main.version=${VERSION}" -o /out/dure ./cmd/dure \
 && mkdir /out/data

# Certificates, time zones and nothing else: no shell, no package manager.
FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /out/dure /dure

# A new volume takes over the owner of the folder it covers. By number, since
# Kubernetes cannot check runAsNonRoot against a name.
COPY --from=build --chown=65532:65532 /out/data /data
USER 65532:65532
VOLUME /data

ENV DURE_DATABASE_URL=sqlite:/data/dure.db \
    DURE_ADDR=:8080
EXPOSE 8080

# No HEALTHCHECK: it would need a program in the image to ask with. Let the
# platform ask /healthz and /readyz.
ENTRYPOINT ["/dure"]
CMD ["serve"]
