# make run      a server with an Internet of its own on loopback: no root, nothing installed
# make test     every test, with the real peers; installs what it needs (Debian 12)
# make bench    Relais, Postfix and the machine's ceiling side by side, and what signing costs
# make soak     load and crashes for MINUTES (default 10), then KILLS (default 50) that are accounted for,
#               then power cuts in IMAGES (default 5000) of what was recorded of the real program, and
#               SCHEDULES (default a million) of crashes on a simulated disk
# make fuzz     what reads a peer's bytes, for SECONDS each (default 60); needs nightly and cargo-fuzz
# make docs     the API documentation of every crate

CARGO ?= cargo
MINUTES ?= 10
KILLS ?= 50
IMAGES ?= 5000
SCHEDULES ?= 1000000
SECONDS_EACH ?= 60

.PHONY: run build test web web-test lint deny check-peers bench soak fuzz docs

run:
	$(CARGO) run --locked -p relais -- serve --sandbox --data var

build:
	$(CARGO) build --locked --workspace

# Everything that has to hold, in the order of what fails fastest. CI=1 (as .ci/run sets it) makes
# cargo-deny obligatory; without it a machine that lacks it is told so and goes on.
test: check-peers lint deny
	$(CARGO) build --locked --workspace --all-targets
	$(CARGO) nextest run --locked --workspace --all-targets
	$(MAKE) web-test

# The admin center: its logic, and its pages in a real browser against target/debug/relais.
web-test:
	web/check
	tests/web/run

# web/dist anew, after a change of web/src.
web:
	cd web && npm ci && npm run build

check-peers:
	tests/setup $(if $(CI),--ci)

lint:
	web/stamp --check
	$(CARGO) fmt --all --check
	$(CARGO) clippy --locked --workspace --all-targets -- -D warnings
	@for room in spool queue; do \
		if $(CARGO) tree --locked -e normal --prefix none -i $$room | grep -q '^frontend '; then \
			echo "frontend keeps nothing: it may not use $$room" >&2; exit 1; \
		fi; \
	done

deny:
	@if $(CARGO) deny --version >/dev/null 2>&1; then \
		$(CARGO) deny --locked check bans licenses sources; \
	elif [ -n "$(CI)" ]; then \
		echo "cargo-deny is missing" >&2; exit 1; \
	else \
		echo "cargo-deny is not here: licences and sources of dependencies not checked"; \
	fi

bench: check-peers
	$(CARGO) build --locked --release -p relais
	$(CARGO) build --locked --release -p spool --example fill
	$(CARGO) build --locked --release -p delivery --example submit
	$(CARGO) build --locked --release -p signing --example cost
	$(CARGO) build --locked --release -p cluster --example copies
	bench/run
	bench/dkim
	bench/queue
	bench/delivery
	bench/handshake
	bench/cluster

soak: check-peers
	$(CARGO) build --locked --release -p relais
	bench/soak --minutes $(MINUTES)
	$(CARGO) build --locked -p relais
	RELAIS_KILLS=$(KILLS) $(CARGO) nextest run --locked -p end-to-end no_loss --success-output final
	RELAIS_IMAGES=$(IMAGES) $(CARGO) nextest run --locked -p end-to-end power_cut --success-output final
	RELAIS_SCHEDULES=$(SCHEDULES) RELAIS_FIRST_SEED=$$(date +%s)000000 \
		$(CARGO) nextest run --locked -p simulated-disk share --success-output final

fuzz:
	@if [ ! -d fuzz ]; then echo "there are no fuzz targets yet"; exit 1; fi
	cd fuzz && for target in $$($(CARGO) +nightly fuzz list); do \
		$(CARGO) +nightly fuzz run $$target -- -max_total_time=$(SECONDS_EACH) || exit 1; done

docs:
	$(CARGO) doc --locked --workspace --no-deps
	@echo "target/doc/relais/index.html"
