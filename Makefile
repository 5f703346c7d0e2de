# Yousaid. "make run" to look around, "make test" to prove it; "make help" lists the rest.

SHELL       := bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS   += --no-print-directory
.DEFAULT_GOAL := help

LISTEN    ?= 127.0.0.1:8080
DATA      ?= ./data
RESPONSES ?= 50000
FUZZTIME  ?= 60s
RUNS      ?= 20
BUSY      ?= 8

VERSION  = $(shell git describe --tags --always --dirty 2>/dev/null || echo unversioned)
TOOL     = go tool -modfile=cmd/tools/go.mod
NODE     = static/node_modules/.package-lock.json
CSS      = static/assets/public.css static/assets/reading.css static/assets/staff.css

# Nothing below may wait for a key: no pager, no question.
export GIT_PAGER = cat
export PAGER = cat
export GIT_TERMINAL_PROMPT = 0

# The version is given below. Go would ask git as well, and fail where the checkout belongs to another user.
export GOFLAGS := $(strip $(GOFLAGS) -buildvcs=false)

.PHONY: help run build test installed unit check words race shuffle fuzz bench cover css css-check clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1\t\2/' | while IFS=$$'\t' read -r name what; do printf '  make %-10s %s\n' "$$name" "$$what"; done

run: ## install what is missing, build, and show the demonstration council on http://127.0.0.1:8080 (LISTEN, DATA, RESPONSES)
	@TARGET=run .ci/need go postgresql
	@$(MAKE) build
	@echo "yousaid: starting; the first start makes a database and $(RESPONSES) responses in $(DATA) and tells how far it is"
	@YOUSAID_STARTED_BY=make exec .bin/yousaid demo --listen $(LISTEN) --data $(DATA) --responses $(RESPONSES)

build: ## the program, as .bin/yousaid
	@.ci/need go
	@case "$$(git rev-parse HEAD 2>&1)" in *dubious*) echo "yousaid: git does not read this folder, because it belongs to another user: the version stays unknown. To have it: git config --global --add safe.directory $(CURDIR)";; esac
	@echo "yousaid: building .bin/yousaid $(VERSION) (some minutes the first time, when every library is compiled)"
	@CGO_ENABLED=0 .ci/progress "go build" go build -v -trimpath -ldflags "-s -w -X main.version=$(VERSION)" -o .bin/yousaid ./cmd/yousaid

test: ## install what is missing, check, and run every test: rules, real PostgreSQL, real browser
	@.ci/need go
	@if [ "$$(id -u)" -eq 0 ]; then $(MAKE) -j 2 installed check; else $(MAKE) installed check; fi
	@$(MAKE) css-check unit

# For root beside check, whose linters take minutes of processor to build while packages are fetched and unpacked. For others sudo asks
# for a password first, and nothing may be printed over that.
installed:
	@.ci/need postgresql browser firefox poppler office node codes
	@$(MAKE) $(NODE)

# Vet is off, because make check has run it on everything. Without symbols the 65 programs of tests are linked in half the time.
unit: $(NODE) ## every Go test, with nothing installed before (PKG=./surveys/... for a part)
	@echo "yousaid: go test $(or $(PKG),./...)"
	@.ci/progress --pass "go test" go test -p 2 -vet=off -ldflags '-s -w' -timeout 40m $(or $(PKG),./...)

check: ## gofmt, golangci-lint (with vet and staticcheck), the dependency rules, and nothing left to do later
	@.ci/need go
	@echo "yousaid: gofmt"
	@unformatted=$$(git ls-files -z --cached --others --exclude-standard '*.go' | xargs -0 ls -d 2>/dev/null | xargs gofmt -l); \
	if [ -n "$$unformatted" ]; then echo "yousaid: run gofmt -w on these files:" >&2; echo "$$unformatted" >&2; exit 1; fi
	@echo "yousaid: golangci-lint"
	@.ci/progress golangci-lint $(TOOL) golangci-lint run --allow-parallel-runners ./...
	@echo "yousaid: dependency rules"
	@.ci/progress "go test" go test -run 'DependencyRule' ./cmd/yousaid
	@$(MAKE) words

words: ## part of check: no work left to do later, no address of one machine
	@echo "yousaid: nothing left to do later, no address of one machine"
	@if git --no-pager grep --untracked -nIwE 'TO[D]O|FIX[M]E|X[X]X' -- . ':!static/package-lock.json' ':!*.svg' ':!*.min.js'; then echo "yousaid: finish these before they are committed" >&2; exit 1; fi
	@if git --no-pager grep --untracked -nIE '/wor[k]/|registry[.]npmj[s]|proxy[.]golan[g]|deb[.]debia[n]' -- .; then echo "yousaid: these name a place that only one machine has" >&2; exit 1; fi

race: $(NODE) ## the race detector over everything, or over PKG=./surveys/responses/...
	@.ci/need go postgresql browser firefox poppler office codes compiler
	@CGO_ENABLED=1 .ci/progress --pass "go test -race" go test -race -p 2 -timeout 60m $(or $(PKG),./...)

shuffle: $(NODE) ## every test RUNS (20) times in another order each, beside BUSY (8) busy loops; says how many runs failed (PKG for a part)
	@.ci/need go postgresql browser firefox poppler office node codes
	@.ci/shuffle $(RUNS) $(BUSY) 90 $(or $(PKG),./...)

fuzz: ## every fuzz test for FUZZTIME (60s) each
	@.ci/need go postgresql
	@git --no-pager grep --untracked -oE '^func Fuzz[A-Za-z0-9_]*' -- '*_test.go' | while IFS=: read -r file name; do \
		echo "yousaid: $${name#func } of $${file%/*} for $(FUZZTIME)"; \
		go test -run '^$$' -fuzz "^$${name#func }\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x "./$${file%/*}"; \
	done

bench: ## how fast, as ratios against the plain way of doing the same, side by side (FULL=1 for the long runs)
	@.ci/need go postgresql
	@go run ./cmd/bench $(BENCHFLAGS)

cover: $(NODE) ## which lines the tests reach, as .bin/cover.html
	@.ci/need go postgresql browser firefox poppler office codes
	@mkdir -p .bin
	@go test -p 2 -timeout 20m -coverpkg ./... -coverprofile .bin/cover.out ./...
	@go tool cover -html .bin/cover.out -o .bin/cover.html
	@go tool cover -func .bin/cover.out | tail -n 1

css: $(NODE) ## rebuild the style sheets from static/scss
	@cd static && npm run --silent css

css-check: $(NODE) ## the committed style sheets are what static/scss gives
	@before=$$(cat $(CSS) | cksum); $(MAKE) css; \
	if [ "$$before" != "$$(cat $(CSS) | cksum)" ]; then echo "yousaid: the style sheets were older than static/scss; they have been rebuilt: please commit $(CSS)" >&2; exit 1; fi

$(NODE): static/package-lock.json
	@.ci/need node
	@echo "yousaid: npm ci in static (govuk-frontend and sass for the style sheets, axe-core for the tests)"
	@cd static && ../.ci/progress "npm ci" npm ci --no-audit --no-fund --loglevel=error || { echo "yousaid: npm could not fetch what static/package-lock.json names; check the network and npm's own settings, and run make again" >&2; exit 1; }
	@touch $@

clean: ## remove what was built; never the data
	@rm -rf .bin static/node_modules
