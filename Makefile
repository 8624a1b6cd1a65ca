# `make` prints what there is to do. All of it needs Go, git, make and a POSIX
# shell; other tools are Go programs, pinned in tools/go.mod and built on demand.

SHELL = /bin/sh
GO ?= go
export GO
export GOWORK = off

# How long each fuzz target runs; FUZZ chooses among them.
FUZZTIME ?= 10s
export FUZZTIME

# Which benchmarks, how many samples of each, how long one takes.
BENCH ?= ^Benchmark[A-DFH]
COUNT ?= 3
BENCHTIME ?= 100ms

# How often `make wine` runs everything, or what it runs: winbits,calls,updater,cases,packages.
RUNS ?= 1
PARTS ?=

LINT = $(GO) tool -modfile=tools/go.mod golangci-lint run
BENCHLINT = $(GO) tool -modfile=../tools/go.mod golangci-lint run

.PHONY: help
help: ## print this list
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' Makefile | while IFS='|' read -r name what; do \
		printf '  %-12s %s\n' "$$name" "$$what"; done

.PHONY: demo
demo: ## see the emulator at work
	@$(GO) run ./cmd/bitsemu demo

.PHONY: test
test: ## run the tests
	@$(GO) test ./...

.PHONY: race
race: ## run the tests with the race detector, in random order
	@if [ "$$($(GO) env CGO_ENABLED)" = 1 ] && command -v $$($(GO) env CC) >/dev/null; then \
		$(GO) test -race -shuffle=on ./...; \
	elif [ -n "$$CI" ]; then \
		echo "race: the race detector needs cgo and a C compiler, and there is none" >&2; exit 1; \
	else \
		echo "race: no C compiler, so WITHOUT the race detector" >&2; \
		$(GO) test -shuffle=on ./...; \
	fi

.PHONY: fmt
fmt: ## check that gofmt would change nothing
	@out=$$("$$($(GO) env GOROOT)/bin/gofmt" -l .) || exit 1; \
	if [ -n "$$out" ]; then echo "gofmt would change:" >&2; echo "$$out" >&2; exit 1; fi

.PHONY: generate
generate: ## write the generated files anew, fail when that changed one
	@before=$$( (git status --porcelain; git diff) | git hash-object --stdin) || exit 1; \
	$(GO) generate ./... || exit 1; \
	after=$$( (git status --porcelain; git diff) | git hash-object --stdin) || exit 1; \
	if [ "$$before" != "$$after" ]; then echo "generated files were out of date, and are no more:" >&2; \
		git status --short >&2; exit 1; fi

.PHONY: vet
vet: ## run go vet on the library, on bench/ and on browser/
	@$(GO) vet ./...
	@cd bench && $(GO) vet ./...
	@cd browser && $(GO) vet ./...

.PHONY: lint
lint: ## run the linters of .golangci.yml
	@$(LINT) ./...
	@cd bench && $(BENCHLINT) ./...
	@cd browser && $(BENCHLINT) ./...

.PHONY: tidy
tidy: ## check that go.mod and go.sum are tidy, in every module
	@for dir in . bench browser tools; do (cd $$dir && $(GO) mod tidy -diff) || exit 1; done

.PHONY: build-all
build-all: ## compile library and tests for every supported system
	@tools/build-all.sh

.PHONY: fuzz
fuzz: ## run every fuzz target for FUZZTIME (10s)
	@tools/fuzz.sh

.PHONY: cover
cover: ## measure coverage and compare it with the floors
	@$(GO) test -coverprofile=coverage.out ./... >coverage.log || { cat coverage.log; exit 1; }
	@$(GO) run ./internal/cover coverage.out

.PHONY: cover-spec
cover-spec: ## count the documented returns that the emulator has been seen to produce
	@COVER_SPEC=1 $(GO) test -count=1 -run='^TestSpecReturns$$'

.PHONY: readme
readme: ## compile and run the code of README.md and docs/, check names and links
	@$(GO) run ./internal/readme

.PHONY: bench-test
bench-test: ## run the tests of bench/, no benchmark
	@cd bench && $(GO) test ./...

# Rounds of one sample each: what disturbs the machine then disturbs all rows.
.PHONY: bench
bench: ## measure against the peers (BENCH=regexp COUNT=3 BENCHTIME=100ms), print goals met and missed
	@mkdir -p bin
	@cd bench && $(GO) test -c -o ../bin/bench.test .
	@i=0; while [ $$i -lt $(COUNT) ]; do i=$$((i + 1)); \
		(cd bench && BENCH_DISK="$${BENCH_DISK:-$(CURDIR)/bin}" ../bin/bench.test -test.run='^$$' \
			-test.bench='$(BENCH)' -test.benchtime=$(BENCHTIME) -test.timeout=0 2>&1) || echo FAIL; \
	done | tee bin/bench.txt
	@cd bench && $(GO) run ./cmd/ratios ../bin/bench.txt

.PHONY: bench-open
bench-open: ## the same for files with a million jobs: minutes for each of COUNT, and 4 GB of disk
	@$(MAKE) --no-print-directory bench BENCH=^BenchmarkE BENCHTIME=1x

.PHONY: browser
browser: ## test the inspector's page in Chromium (UPDATE=1 takes the pictures of docs/ anew)
	@tools/browser.sh
.PHONY: load
load: ## have a thousand clients call the emulator, in process and over HTTP, and print what that costs
	@SERVE_LOAD=1 $(GO) test -count=1 -v -run='^TestLoad$$' ./serve

.PHONY: wine
wine: ## test winbits on Wine's BITS, RUNS (1) times (Linux; see docs/windows.md)
	@$(GO) run ./winbits/internal/wine -count=$(RUNS) -only=$(PARTS)

.PHONY: ci
ci: ## all checks
	@for target in fmt generate vet lint tidy build-all race bench-test browser fuzz cover readme; do \
		start=$$(date +%s); echo "== $$target"; \
		FUZZTIME=2s $(MAKE) --no-print-directory $$target || { echo "== $$target FAILED" >&2; exit 1; }; \
		echo "== $$target: $$(( $$(date +%s) - start )) s"; \
	done

.PHONY: clean
clean: ## remove what the other targets leave
	rm -rf bin coverage.out coverage.log
