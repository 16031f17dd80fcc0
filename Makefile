# The commands of this repository; `make` lists them.

.DEFAULT_GOAL := help

# Gin without MessagePack, which nobody here speaks: the binary is half as large.
TAGS ?= nomsgpack
# Narrow the tests: make test PKG=./domain/... RUN=TestRecognise
PKG ?= ./...
RUN ?=
# always: fail rather than test without the race detector
RACE ?= auto
# Passed on by run and bench: make bench ARGS=-h
ARGS ?=
# Passed on to go build
BUILDFLAGS ?=
# What the compiler learns from a profile of the server at work; off: quicker to build, a sixth slower where it computes
PGO ?= cmd/dure/serve.pgo

# In GOFLAGS, so that every go command below (and every one those start) sees the same files.
export GOFLAGS := $(strip $(GOFLAGS) -tags=$(TAGS))
# Go's installer leaves it to the reader to extend PATH; a fresh shell often has not.
export PATH := $(PATH):/usr/local/go/bin

.PHONY: help run build test lint docs page page-test bench clean need-go

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: need-go ## Build and start with demo data (SQLite, nothing else needed)
	@exec .ci/start $(ARGS)

# The version stands in the binary by -X; Go's own stamp would only make the
# build fail where git does not trust the folder's owner, as in containers.
build: need-go ## Build bin/dure
	@go build $(BUILDFLAGS) -trimpath -buildvcs=false -pgo=$(PGO) \
		-ldflags "-X main.version=$$(git describe --always --dirty 2>/dev/null || echo unknown)" \
		-o bin/dure ./cmd/dure

# The race detector needs a C compiler that finds the headers of the C library.
# It does not look into SQLite's translation from C (modernc.org): that works on memory
# outside of Go's heap, which the detector does not know, and would take several times as long.
# Our code and the driver above it, and how goroutines wait for each other, are watched as ever.
# exec, here and below: a signal to make then reaches the command, not a shell in between.
test: need-go ## Test on SQLite and PostgreSQL (PKG=./domain/... RUN=TestName RACE=always)
	@race='-race -gcflags=modernc.org/...=-race=false'; \
	if [ "$$(go env CGO_ENABLED)" != 1 ] || \
		! echo '#include <stdlib.h>' | $$(go env CC) -fsyntax-only -x c - 2>/dev/null; then \
		race=; export CGO_ENABLED=0; \
		{ \
			echo '+------------------------------------------------------------+'; \
			echo '|  THE RACE DETECTOR IS OFF: no working C compiler was found |'; \
			echo '|  (or CGO_ENABLED=0). Data races will not be noticed.       |'; \
			echo '|  Debian, Ubuntu: apt-get install gcc libc6-dev             |'; \
			echo '+------------------------------------------------------------+'; \
		} >&2; \
		[ '$(RACE)' != always ] || exit 1; \
	fi; \
	exec .ci/with-postgres go test $$race -count=1 -timeout 60m $(if $(RUN),-run '$(RUN)') $(PKG)

# New files count, deleted ones do not, and docs/ is generated.
lint: need-go ## Check form: gofmt, vet, staticcheck, go.mod, scripts
	@files=$$(git ls-files --cached --others --exclude-standard '*.go' ':!docs/') || exit 1; \
	files=$$(for file in $$files; do [ ! -f "$$file" ] || echo "$$file"; done); \
	ugly=$$("$$(go env GOROOT)/bin/gofmt" -l $$files </dev/null) || exit 1; \
	[ -z "$$ugly" ] || { echo 'gofmt -w would change:'; echo "$$ugly"; exit 1; }
	go vet ./...
	go tool staticcheck ./...
	go mod tidy -diff
	@for script in .ci/*; do \
		bash -n "$$script" || exit 1; \
		[ -x "$$script" ] || { echo "$$script is not executable"; exit 1; }; \
	done

docs: need-go ## Generate docs/ from the annotations above the handlers
	go run ./cmd/docs

# dist/ is committed: whoever does not touch the page needs no node.
page: ## Build the page under /dashboard into api/dashboard/dist (needs node)
	@cd api/dashboard/web && npm ci --no-progress && npm run build

page-test: build ## Test the page in headless Chromium, and that dist is what its source makes
	@exec .ci/page

bench: need-go ## Measure against a PostgreSQL that really writes (ARGS=...)
	@PG_DURABLE=1 exec .ci/with-postgres go run ./cmd/bench $(ARGS)

clean: ## Remove what was built
	rm -rf bin coverage.*

need-go:
	@command -v go >/dev/null || { \
		echo 'This needs Go 1.26 or newer, and there is no "go" in PATH: https://go.dev/dl/' >&2; exit 1; }
