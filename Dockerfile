# The program alone, without PostgreSQL: give it the three DATABASE_ addresses (docs/operate.md), or use compose.yaml.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=unversioned
# timetzdata: the image below has no time zones of its own, and every council counts its days in one.
RUN CGO_ENABLED=0 go build -trimpath -tags timetzdata -ldflags "-s -w -X main.version=${VERSION}" -o /yousaid ./cmd/yousaid

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /yousaid /yousaid
USER 65532:65532
ENV YOUSAID_LISTEN=0.0.0.0:8080
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s CMD ["/yousaid", "healthcheck"]
ENTRYPOINT ["/yousaid"]
CMD ["serve"]
