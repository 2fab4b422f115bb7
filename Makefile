# make test    everything that must hold, on SQLite, PostgreSQL and Redis
# make check   the same, and the race detector and the release build
# make demo    hub and nodes in one process, at http://127.0.0.1:8080
.PHONY: test check lint race soak bench demo build clean

# PostgreSQL and Redis for the tests: started, and installed when missing, by .ci/services.
test: lint
	.ci/services go test -timeout 25m ./...

check: test race build

lint:
	@unformatted=$$(gofmt -l $$(git ls-files --cached --others --exclude-standard '*.go')); \
	if [ -n "$$unformatted" ]; then echo "please run gofmt -w on:"; echo "$$unformatted"; exit 1; fi
	go vet ./...
	go tool staticcheck ./...

# The packages where goroutines meet.
race:
	.ci/services go test -race ./internal/...

# The long form of what is short in make test: the ordeals of the real programs, the simulator, the broker under abuse. About two hours;
# a run that fails prints its seed.
soak:
	PASSERELLE_LONG=1 .ci/services go test -v -timeout 12h . ./internal/federation/...

bench:
	.ci/services go test -run '^$$' -bench . ./...

demo:
	go run . demo

# One static program, the same bytes from the same sources.
build:
	CGO_ENABLED=0 go build -trimpath -ldflags=-s -o passerelle .

clean:
	rm -f passerelle
