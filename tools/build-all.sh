#!/bin/sh
# Builds the library for every system it is for, without cgo, and compiles its
# tests there too (go vet type-checks them). PAIRS chooses other systems.
set -eu

: "${GO:=go}"
: "${PAIRS:=linux/amd64 linux/arm64 linux/386 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64 windows/386}"

export CGO_ENABLED=0
for pair in $PAIRS; do
  echo "build $pair"
  GOOS=${pair%/*} GOARCH=${pair#*/} $GO build ./...
  GOOS=${pair%/*} GOARCH=${pair#*/} $GO vet ./...
done
