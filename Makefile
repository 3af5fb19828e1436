# make run      a server with an Internet of its own on loopback: no root, nothing installed
# make test     every test, with the real peers; installs what it needs (Debian 12)
# make bench    Relais, Postfix and the machine's ceiling side by side, and what signing costs
# make soak     load and crashes for MINUTES (default 10), then KILLS (default 50) that are accounted for,
#               then power cuts in IMAGES (default 5000) of what was recorded of the real program, and
#               SCHEDULES (default a million) of crashes on a simulated disk; then SERVER_KILLS (default 20) of one
#               of several servers, and SOAK_SECONDS (default 600) of whatever can happen to them and their engine,
#               from a seed (RELAIS_SEED repeats it)
# make rolling  the version before beside this one: three servers, upgraded one after the other under load
# make mutants  takes one rule of several servers away after the other: a test has to fail without each
# make fuzz     what reads a peer's bytes, for SECONDS each (default 60); needs nightly and cargo-fuzz
# make docs     the API documentation of every crate
# make deb      the Debian package, in target/debian; needs cargo-deb. PREBUILT=1 packs target/release/relais as it is,
#               GENERATOR=PROGRAM names a relais that runs here, where the packed one is for another machine
# make deb-test the package, installed in a clean Debian and looked at; needs root
# make reference  the book's reference (docs/reference, docs/fr/reference) anew, after a change of what the cmdlets declare
# make book     the administrator's book, in English and French, from docs/; needs mdbook

CARGO ?= cargo
MINUTES ?= 10
KILLS ?= 50
IMAGES ?= 5000
SCHEDULES ?= 1000000
SECONDS_EACH ?= 60
SERVER_KILLS ?= 20
BINARY = $(or $(CARGO_TARGET_DIR),target)/release/relais
GENERATOR ?= $(BINARY)
SOAK_SECONDS ?= 600

.PHONY: run build test web web-test lint deny check-peers bench soak rolling mutants fuzz docs reference book deb deb-test

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
	tests/links
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
	RELAIS_SERVER_KILLS=$(SERVER_KILLS) SOAK_SECONDS=$(SOAK_SECONDS) $(CARGO) nextest run --locked --profile soak \
		-p end-to-end -E 'test(servers_that_are_killed_under_load) | test(soak::)' --success-output final

rolling: check-peers
	tests/rolling-upgrade

mutants: check-peers
	tests/mutants

fuzz:
	@if [ ! -d fuzz ]; then echo "there are no fuzz targets yet"; exit 1; fi
	cd fuzz && for target in $$($(CARGO) +nightly fuzz list); do \
		$(CARGO) +nightly fuzz run $$target -- -max_total_time=$(SECONDS_EACH) || exit 1; done

docs:
	$(CARGO) doc --locked --workspace --no-deps
	@echo "target/doc/relais/index.html"

deb:
	$(if $(PREBUILT),,$(CARGO) build --locked --release -p relais)
	packaging/prepare $(GENERATOR)
	$(CARGO) deb --locked --no-build --strip -p relais

deb-test:
	tests/setup --package
	tests/package/run

# Of what this program declares; a test holds it against that.
reference:
	$(CARGO) build --locked -p relais
	$(or $(CARGO_TARGET_DIR),target)/debug/relais generate reference docs/reference --language en
	$(or $(CARGO_TARGET_DIR),target)/debug/relais generate reference docs/fr/reference --language fr

# English first: mdbook empties the directory it builds into, and the French book is inside it.
book:
	@if ! mdbook --version >/dev/null 2>&1; then \
		echo "mdbook is not here: cargo install --locked mdbook" >&2; exit 1; fi
	mdbook build docs
	mdbook build docs/fr
	@echo "target/book/introduction.html, target/book/fr/introduction.html"
