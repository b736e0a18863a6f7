# A machine needs Go, make and git; "make setup", which demo, test and the others run first, sees to the rest.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

TOOL := go tool -modfile=internal/tools/go.mod
TOOLS := build/tools
GENERATED := gen README.md clients/python/src/opsdb/_generated
export PATH := $(CURDIR)/$(TOOLS)/python/bin:$(CURDIR)/$(TOOLS)/node/node_modules/.bin:$(PATH)

.PHONY: help
help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup: ## install PostgreSQL, Redis, a C compiler and Python if they are missing
	@deploy/setup.sh

.PHONY: tools
tools: setup $(TOOLS)/python/installed $(TOOLS)/node/installed ## install what checks the document and the clients into build/tools

$(TOOLS)/python/installed: internal/tools/python/requirements.txt | setup
	rm -rf $(@D)
	python3 -m venv $(@D)
	$(@D)/bin/pip install --quiet --disable-pip-version-check --requirement $<
	touch $@

$(TOOLS)/debian/installed: internal/tools/python/debian.txt | setup
	rm -rf $(@D)
	python3 -m venv $(@D)
	$(@D)/bin/pip install --quiet --disable-pip-version-check --requirement $<
	touch $@

$(TOOLS)/node/installed: internal/tools/node/package.json internal/tools/node/package-lock.json $(TOOLS)/python/installed
	rm -rf $(@D)
	mkdir -p $(@D)
	cp internal/tools/node/package*.json $(@D)
	npm --prefix $(@D) ci --ignore-scripts --no-audit --no-fund --silent
	touch $@

.PHONY: generate
generate: tools ## write gen/, the core of the Python client and the README's configuration table
	$(TOOL) sqlc generate
	mkdir -p gen/api gen/client
	$(TOOL) oapi-codegen -config oapi-codegen.yaml api/openapi.yaml
	$(TOOL) oapi-codegen -config api/client.yaml api/openapi.yaml
	mkdir -p gen/typescript
	openapi-typescript api/openapi.yaml --default-non-nullable false --output gen/typescript/openapi.d.ts >/dev/null
	openapi-python-client generate --meta none --overwrite --path api/openapi.yaml --output-path clients/python/src/opsdb/_generated \
	  --config clients/python/generate.yaml --custom-template-path clients/python/templates
	python clients/python/operations.py
	UPDATE_README=1 go test -count=1 -run '^TestREADMEHasTheTable$$' ./internal/config

.PHONY: verify
verify: generate lint ## fail if generated files are stale, a query breaks a rule or the linters object
	$(TOOL) sqlc vet
	go -C internal/tools test ./...
	git diff --exit-code -- $(GENERATED)
	@test -z "$$(git ls-files --others --exclude-standard -- $(GENERATED))" || { git status --short -- $(GENERATED); exit 1; }

.PHONY: lint
lint: setup ## run the linters, the import rules and the formatters
	$(TOOL) golangci-lint run ./...

.PHONY: format
format: ## format the Go files
	$(TOOL) golangci-lint fmt ./...

.PHONY: test
test: tools test-python ## run all tests against real PostgreSQL, a real standby and real Redis
	go test -race -shuffle=on -tags faults -timeout 20m ./...

.PHONY: test-python
test-python: build $(TOOLS)/python/installed $(TOOLS)/debian/installed ## check the Python client and test it against two running sites
	cd clients/python && ruff check . ../../examples --config pyproject.toml && ruff format --check --quiet . ../../examples --config pyproject.toml && mypy && pytest

.PHONY: contract-long
contract-long: tools ## send tens of thousands of made-up requests to both sites; SEED=1 repeats a run, EXAMPLES=100 makes it longer
	OPSDB_CONTRACT_SEED=$(SEED) OPSDB_CONTRACT_EXAMPLES=$(or $(EXAMPLES),50) \
	go test -count=1 -timeout 2h -v -run '^TestSchemathesis$$' ./internal/contract

.PHONY: release-document
release-document: ## keep the document as it is as the release of its version: from then on nothing of it may break
	cp -n api/openapi.yaml api/releases/$$(awk '/^  version: / { print $$2; exit }' api/openapi.yaml).yaml

.PHONY: chaos
chaos: setup ## kill everything at random while a site records; SEED=1 repeats a run, ROUNDS=100 makes it longer
	OPSDB_CHAOS_SEED=$(SEED) OPSDB_CHAOS_ROUNDS=$(or $(ROUNDS),60) \
	go test -race -tags faults -count=1 -timeout 2h -v -run '^TestChaos$$' ./internal/chaos

.PHONY: build
build: ## build the programs into build/
	go build -trimpath -o build/ ./cmd/...

.PHONY: demo
demo: setup build ## play an observing night through an outage and count what was lost: nothing
	build/opsdb demo

.PHONY: up
up: setup build ## start the two sites and keep them running until interrupted
	build/opsdb lab --apis 2

.PHONY: bench
bench: setup build ## measure latency, throughput and drain beside the raw limits; writes build/bench.json
	build/opsdb bench

.PHONY: clean
clean: ## remove build/
	rm -rf build
