# ttsd: text in on a socket, a live stream out.
#
#   make            build into build/bin and build/libexec/ttsd
#   make run        the demo: a private server, both daemons, a ticket board
#   make quick      what a change of a line breaks first, in a minute
#   make check      every test but the browser's, plain and under the sanitizers
#   make browser    those in a browser: installs chromium, fetches hls.js, axe
#   make bench      the benchmarks
#   make torture    everything that may befall it, for ten minutes
#   make sites      two hundred sites at a broker, whose links are cut
#   make hearing    is what is heard what was said? over six kinds of server
#   make powercut   the power fails at every write of the ledger's
#   make systemd, make openrc    what starts the daemons, in a Debian booted by it
#   make install, make uninstall    DESTDIR= PREFIX= INIT=systemd|openrc|...
#   make deb        Debian's packages of all of it, into build/packages
#   make sbom       what the programs link, as SPDX 2.3, into build/ttsd.spdx.json
#   make packages-test    them on a machine of their own, until they are purged
#   make windows, make check-windows    the .exe files, and their tests in Wine
#   make windows-dist    them as a zip that installs, into build/windows/dist
#
#   make coverage   which lines of the daemons the unit tests reach
#
# SANITIZE=1 builds with ASan and UBSan into build/san instead, COVERAGE=1 for
# gcov into build/coverage, PORTABLE=1 with the twins of platform/posix/linux,
# platform/posix/portable, into build/portable; with both, build/portable/san.

BUILD ?= build
PREFIX ?= /usr/local
PYTHON ?= /usr/bin/python3

OUT := $(BUILD)$(if $(PORTABLE),/portable)
ifdef SANITIZE
OUT := $(OUT)/san
SAN := -fsanitize=address,undefined -fno-sanitize-recover=all
else ifdef COVERAGE
OUT := $(OUT)/coverage
CFLAGS := -O0 -g
SAN := --coverage
endif

CFLAGS ?= -O2 -g
WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Werror
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE -I. $(WARN) $(CPPFLAGS) $(CFLAGS) $(SPEED) $(SAN)
LINK = $(CC) $(CFLAGS) $(SAN) $(LDFLAGS)

# Of the sandbox (platform/posix/sandbox.h), on Linux alone.
SECCOMP := $(if $(PORTABLE),,-lseccomp)

comma := ,
sources = $(sort $(foreach folder,$(1),$(wildcard $(folder)/*.c)))
objects = $(patsubst %.c,$(OUT)/obj/%.o,$(1))

# The rooms of the house: what is in which folder, and what it becomes.
COMMON_ROOMS := common \
	$(addprefix common/,args text net sound picture conf control child)
TTSD_ROOMS := ttsd $(addprefix ttsd/,control speech desk upgrade durable air pool queue text)
SUPERVISOR_ROOMS := streamer-supervisor \
	$(addprefix streamer-supervisor/,control outputs pictures sender receipts hearing heralding captioning keeper ffmpeg)
GATEWAY_ROOMS := gateway $(addprefix gateway/,api wyoming mqtt access http sound schedule daemons)
COURIER_ROOMS := gateway/courier
CTL_ROOMS := ttsctl ttsctl/complete ttsctl/doctor ttsctl/doctor/checks ttsctl/top
# And what a browser gets of it, made C.
CONSOLE := $(sort $(wildcard $(addprefix gateway/console/,*.* js/*.js)))
CONSOLE_FILES := $(BUILD)/made/console_files.c

LEDGER_ROOMS := ttsd/ledger
CAPTIONS_ROOMS := streamer-supervisor/captions
EAR_ROOMS := streamer-supervisor/ear streamer-supervisor/ear/compare \
	streamer-supervisor/channel
PICTURE_ROOMS := streamer-supervisor/picture streamer-supervisor/picture/director \
	streamer-supervisor/channel
PAINTER_ROOMS := $(addprefix streamer-supervisor/painter,/layout /posix) \
	streamer-supervisor/painter

# The engines of a system, and what one of them is made of: its file, which
# stands in that system's folder where it is for no other, and what is its own
# alone, in a folder of its name.
engines = $(notdir $(basename $(call sources,$(addprefix ttsd/,engines engines/$(1)))))
engine_sources = $(sort $(wildcard $(addprefix ttsd/engines/,\
	$(2).c $(1)/$(2).c $(2)/*.c $(2)/$(1)/*.c $(1)/$(2)/*.c)))

# What Linux alone can, or its twin of what POSIX has.
SYSTEM := platform/posix/$(if $(PORTABLE),portable,linux)

COMMON := $(call objects,$(call sources,$(COMMON_ROOMS)))
LIBCOMMON := $(OUT)/obj/libcommon.a
PLATFORM := $(call objects,$(call sources,platform platform/posix \
	platform/posix/systemd $(SYSTEM)))
DAEMON := $(call objects,$(call sources,daemon))
SANDBOX := $(call objects,$(wildcard $(SYSTEM)/sandbox*.c))
KIT := $(call objects,$(call sources,ttsd/engines/kit ttsd/engines/kit/posix) \
	$(addprefix platform/posix/,error.c guard.c program.c spawn.c) \
	$(SYSTEM)/parent.c) $(SANDBOX)
NET := $(call objects,$(call sources,ttsd/engines/net))
SOUND := $(call objects,$(call sources,ttsd/engines/sound))
ENGINES := $(call engines,posix)
UNIT := $(notdir $(basename $(wildcard tests/unit/test_*.c)))
SIMS := $(notdir $(basename $(wildcard tests/sim/test_*.c)))

DAEMONS := $(addprefix $(OUT)/bin/,ttsd streamer-supervisor ttsd-gateway)
PROGRAMS := $(DAEMONS) $(addprefix $(OUT)/bin/,ttsctl ttsd-stream)
ENGINE_PROGRAMS := $(addprefix $(OUT)/libexec/ttsd/,$(ENGINES))
UNIT_PROGRAMS := $(addprefix $(OUT)/tests/unit/,$(UNIT)) \
	$(addprefix $(OUT)/tests/sim/,$(SIMS))

# What the daemons spawn beside engines.
PICTURE_PROGRAM := $(OUT)/libexec/ttsd/picture
PAINTER_PROGRAM := $(OUT)/libexec/ttsd/painter
CAPTIONS_PROGRAM := $(OUT)/libexec/ttsd/captions
EAR_PROGRAM := $(OUT)/libexec/ttsd/ear
# They ask a server something once and end.
ERRANDS := asker herald
ERRAND_PROGRAMS := $(addprefix $(OUT)/libexec/ttsd/,$(ERRANDS))
LEDGER_PROGRAM := $(OUT)/libexec/ttsd/ledger
COURIER_PROGRAM := $(OUT)/libexec/ttsd/courier
# Manuals that are made of pages of docs.
PAGES := $(addprefix $(OUT)/man/,ttsd.conf.5 ttsd-protocol.7 ttsd-engine.7)
LAYOUTS := $(wildcard streamer-supervisor/painter/layouts/*.svg)

all: $(PROGRAMS) $(ENGINE_PROGRAMS) $(PICTURE_PROGRAM) \
	$(PAINTER_PROGRAM) $(CAPTIONS_PROGRAM) $(EAR_PROGRAM) $(ERRAND_PROGRAMS) \
	$(LEDGER_PROGRAM) $(COURIER_PROGRAM) $(PAGES)

$(OUT)/obj/%.o: %.c
	@mkdir -p $(@D)
	@echo '  CC    $<'
	@$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# Here the compiler's finding eight pixels at once is worth the bytes.
$(OUT)/obj/common/picture/bt709.o $(OUT)/obj/common/picture/overlay.o: \
	SPEED := -O3

# And here four or eight samples.
$(OUT)/obj/streamer-supervisor/ear/compare/correlate.o: SPEED := -O3
$(OUT)/obj/ttsd/air/mark.o: SPEED := -O3

# What --version tells; a package says it itself.
COMMIT ?= $(shell git describe --always --dirty --exclude '*' --abbrev=12 \
	2>/dev/null || echo unknown)
COMMIT_FILE := $(BUILD)/made/commit

$(COMMIT_FILE): always
	@mkdir -p $(@D)
	@echo '$(COMMIT)' | cmp -s - $@ || echo '$(COMMIT)' >$@

$(OUT)/obj/platform/version.o: $(COMMIT_FILE)
$(OUT)/obj/platform/version.o: ALL_CFLAGS += -DTTSD_COMMIT='"$(COMMIT)"'

$(CONSOLE_FILES): $(CONSOLE) scripts/embed
	@mkdir -p $(@D)
	@scripts/embed $(CONSOLE) >$@.new
	@mv $@.new $@

# Of the rooms below each takes what it needs; ttsctl no HTTP server.
$(OUT)/bin/ttsd: $(call objects,$(call sources,$(TTSD_ROOMS)) \
	ttsd/ledger/place.c)
$(OUT)/bin/streamer-supervisor: $(call objects,$(call sources,$(SUPERVISOR_ROOMS)))
$(OUT)/bin/ttsd-gateway: $(call objects,$(call sources,$(GATEWAY_ROOMS)) $(CONSOLE_FILES))
$(OUT)/bin/ttsctl: $(call objects,$(call sources,$(CTL_ROOMS)))
$(OUT)/bin/streamer-supervisor: LIBS := -lmicrohttpd
$(OUT)/bin/ttsd: LIBS := -lmicrohttpd -lexpat
$(OUT)/bin/ttsd-gateway: LIBS := -lmicrohttpd -lnettle
$(OUT)/bin/ttsctl: LIBS := -lnettle
$(DAEMONS): $(OUT)/obj/libdaemon.a
$(DAEMONS) $(OUT)/bin/ttsctl: $(addprefix $(OUT)/obj/,libplatform.a libcommon.a)
	@mkdir -p $(@D)
	@echo '  LINK  $@'
	@$(LINK) -o $@ $(filter %.o,$^) $(sort $(filter %/libdaemon.a,$^)) \
		$(OUT)/obj/libplatform.a $(LIBCOMMON) $(LIBS) -lev -ljansson -lm

$(OUT)/bin/ttsd-stream: scripts/ttsd-stream
	@mkdir -p $(@D)
	@install -m 755 $< $@

# An engine takes of the archives and libraries what it uses, and no more: only
# espeak links espeak-ng (GPLv3); the rest stays MIT.
ENGINE_ARCHIVES := $(addprefix $(OUT)/obj/,libnet.a libsound.a libkit.a libcommon.a)
ENGINE_LIBS := -Wl,--as-needed -lespeak-ng -lcurl -lsndfile -lexpat -ljansson \
	-lsoxr $(SECCOMP) -lm

define engine
$(OUT)/libexec/ttsd/$(1): $(call objects,$(call engine_sources,posix,$(1)))
endef
$(foreach e,$(ENGINES),$(eval $(call engine,$(e))))
$(ENGINE_PROGRAMS): $(ENGINE_ARCHIVES)
	@mkdir -p $(@D)
	@echo '  LINK  $@'
	@$(LINK) -o $@ $(filter %.o,$^) $(ENGINE_ARCHIVES) $(ENGINE_LIBS)

$(PICTURE_PROGRAM): $(call objects,$(call sources,$(PICTURE_ROOMS))) \
		$(OUT)/obj/libpainter.a
$(CAPTIONS_PROGRAM): $(call objects,$(call sources,$(CAPTIONS_ROOMS)) \
	streamer-supervisor/keeper/names.c)
$(EAR_PROGRAM): $(call objects,$(call sources,$(EAR_ROOMS)))
$(EAR_PROGRAM): LIBS := -lsoxr -lkissfft-float
$(PICTURE_PROGRAM) $(CAPTIONS_PROGRAM) $(EAR_PROGRAM): \
		$(addprefix $(OUT)/obj/,libdaemon.a libplatform.a libcommon.a)
	@mkdir -p $(@D)
	@echo '  LINK  $@'
	@$(LINK) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(LIBS) -lev -ljansson -lm

$(ERRAND_PROGRAMS): $(OUT)/libexec/ttsd/%: \
		$(OUT)/obj/streamer-supervisor/%/main.o \
		$(OUT)/obj/streamer-supervisor/errand/errand.o \
		$(addprefix $(OUT)/obj/,libplatform.a libcommon.a)
	@mkdir -p $(@D)
	@echo '  LINK  $@'
	@$(LINK) -o $@ $^ -lcurl -ljansson

$(LEDGER_PROGRAM): $(call objects,$(call sources,$(LEDGER_ROOMS))) \
		$(addprefix $(OUT)/obj/,libplatform.a libcommon.a)
	@mkdir -p $(@D)
	@echo '  LINK  $@'
	@$(LINK) -o $@ $^ -lsqlite3 -ljansson

$(COURIER_PROGRAM): $(call objects,$(call sources,$(COURIER_ROOMS))) \
		$(addprefix $(OUT)/obj/,libplatform.a libcommon.a)
	@mkdir -p $(@D)
	@echo '  LINK  $@'
	@$(LINK) -o $@ $^ -lmosquitto -ljansson

# The painter alone knows the libraries that draw, and they are many.
DRAWING := librsvg-2.0 pangocairo fontconfig
DRAWING_FLAGS = $(patsubst -I%,-isystem %,$(shell pkg-config --cflags $(DRAWING)))

$(OUT)/obj/streamer-supervisor/painter/%.o: WARN += $(DRAWING_FLAGS)
$(PAINTER_PROGRAM): $(call objects,$(call sources,$(PAINTER_ROOMS))) \
		$(SANDBOX) $(LIBCOMMON)
	@mkdir -p $(@D)
	@echo '  LINK  $@'
	@$(LINK) -o $@ $^ $$(pkg-config --libs $(DRAWING)) -lexpat -ljansson \
		$(SECCOMP) -lm

$(OUT)/man/ttsd.conf.5: docs/CONFIG.md
$(OUT)/man/ttsd.conf.5: ABOUT := configuration of ttsd, streamer-supervisor and ttsd-gateway
$(OUT)/man/ttsd-protocol.7: docs/PROTOCOL.md
$(OUT)/man/ttsd-protocol.7: ABOUT := requests, replies and events on the control socket
$(OUT)/man/ttsd-engine.7: docs/ENGINE.md
$(OUT)/man/ttsd-engine.7: ABOUT := how a program that makes speech talks to ttsd
$(PAGES): scripts/manual CHANGELOG.md
	@mkdir -p $(@D)
	@scripts/manual $(filter docs/%,$^) $(@F) '$(ABOUT)' >$@.new
	@mv $@.new $@

# Unit tests take from archives what they need of any part but the mains.
UNIT_LIBS := $(addprefix $(OUT)/obj/,libttsd.a libledger.a libstreamer.a libgateway.a libpicture.a libpainter.a libcaptions.a libear.a libctl.a libsound.a libkit.a libdaemon.a libplatform.a libcommon.a)
not_main = $(filter-out %/main.o,$(call objects,$(call sources,$(1))))

$(OUT)/obj/libttsd.a: $(call not_main,$(TTSD_ROOMS))
$(OUT)/obj/libledger.a: $(call not_main,$(LEDGER_ROOMS))
$(OUT)/obj/libstreamer.a: $(call not_main,$(SUPERVISOR_ROOMS))
$(OUT)/obj/libgateway.a: $(call not_main,$(GATEWAY_ROOMS)) $(call objects,$(CONSOLE_FILES))
$(OUT)/obj/libpicture.a: $(call not_main,$(PICTURE_ROOMS))
$(OUT)/obj/libpainter.a: $(call objects,$(call sources,streamer-supervisor/painter/layout))
$(OUT)/obj/libcaptions.a: $(call not_main,$(CAPTIONS_ROOMS))
$(OUT)/obj/libear.a: $(call not_main,$(EAR_ROOMS))
$(OUT)/obj/libctl.a: $(call not_main,$(CTL_ROOMS))
$(OUT)/obj/libnet.a: $(NET)
$(OUT)/obj/libsound.a: $(SOUND)
$(OUT)/obj/libkit.a: $(KIT)
$(OUT)/obj/libdaemon.a: $(DAEMON)
$(OUT)/obj/libplatform.a: $(PLATFORM)
$(LIBCOMMON): $(COMMON)
$(sort $(UNIT_LIBS) $(ENGINE_ARCHIVES)):
	@rm -f $@
	@ar rcs $@ $^

# It refuses memory.
$(OUT)/tests/unit/test_loop_memory: UNIT_LINK = -Wl,--wrap=malloc,--wrap=realloc

$(OUT)/tests/unit/%: $(OUT)/obj/tests/unit/%.o $(UNIT_LIBS)
	@mkdir -p $(@D)
	@echo '  LINK  $@'
	@$(LINK) $(UNIT_LINK) -o $@ $^ -lcmocka -lexpat -lmicrohttpd -lnettle -lev -ljansson \
		-lsndfile -lsoxr -lkissfft-float -lsqlite3 $(SECCOMP) -lm

# Simulations: whole daemons on the platform that tests/fake makes of memory
# instead of the system's. Its objects come first, so that nothing else of the
# same name is taken from an archive.
FAKE := $(call objects,$(call sources,tests/fake) platform/local_time.c \
	platform/version.c platform/process_core.c platform/posix/process_end.c \
	platform/win32/shared.c platform/win32/service_report.c)
SIM_LIBS := $(addprefix $(OUT)/obj/,libsim.a libttsd.a libstreamer.a libpicture.a libpainter.a libcaptions.a libdaemon.a libcommon.a)

# tests/sim/shortage.h: what asks for memory there asks it first. The two of
# fortified builds are libc's own names for theirs.
SHORTAGE_LINK := $(addprefix -Wl$(comma)--wrap=,malloc calloc realloc strdup \
	strndup vasprintf asprintf __vasprintf_chk __asprintf_chk)
$(OUT)/tests/sim/test_%_shortage: SIM_LINK = $(SHORTAGE_LINK)
# One of these runs on the system's platform.
$(OUT)/tests/unit/test_%_shortage: UNIT_LINK = $(SHORTAGE_LINK)
$(OUT)/tests/unit/test_gateway_shortage: $(OUT)/obj/tests/sim/shortage.o

$(OUT)/obj/libsim.a: $(call objects,$(filter-out tests/sim/test_%,$(call sources,tests/sim)))
	@rm -f $@
	@ar rcs $@ $^

$(OUT)/tests/sim/%: $(OUT)/obj/tests/sim/%.o $(FAKE) $(SIM_LIBS)
	@mkdir -p $(@D)
	@echo '  LINK  $@'
	@$(LINK) $(SIM_LINK) -o $@ $^ -lcmocka -lexpat -ljansson -lm

# ---- what people call -------------------------------------------------------

setup:
	@scripts/setup build run test

run: OUTPUT ?=
run:
	@scripts/setup build run
	@$(MAKE) all
	@OUTPUT='$(OUTPUT)' BUILD='$(OUT)' exec scripts/run

# As many at once as there are cores; the longest ones first.
LONG := $(filter %_shortage %_walk %_sharing,$(UNIT_PROGRAMS))

unit: $(UNIT_PROGRAMS)
	@printf '%s\n' $(LONG) $(filter-out $(LONG),$(UNIT_PROGRAMS)) | \
		xargs -P "$$(nproc)" -n 1 sh -c '$$0 >$$0.log 2>&1 || \
		{ cat $$0.log; echo "failed: $$0"; exit 255; }'
	@echo "unit tests: $(words $(UNIT_PROGRAMS)) programs passed ($(OUT))"

coverage:
	@scripts/setup build test
	@find $(OUT)/coverage -name '*.gcda' -delete 2>/dev/null || true
	@$(MAKE) -j2 COVERAGE=1 unit
	@$(PYTHON) scripts/coverage $(OUT)/coverage/obj

E2E ?= tests/e2e
# How servers, players and a browser take what is sent costs minutes, and runs no
# line of ours that others do not run: it is left out under the sanitizers
# (FAR_ENDS= has it run there too).
FAR_ENDS ?= $(if $(SANITIZE),test_picture_outputs test_run)
# Of sound that differs pytest would show all, word by word, where it sees CI:
# that takes hours.
PYTEST = env -u CI -u BUILD_NUMBER TTSD_BUILD='$(OUT)' $(PYTHON) -m pytest -q -rs \
	-o cache_dir='$(abspath $(OUT))/pytest' \
	$(FAR_ENDS:%=--ignore=tests/e2e/%.py)

# Tests wait for events, most of the time for sound: many fit on a core. CI's
# machine may stand still for longer than any of them waits: what fails there
# is tried once more, alone, and the log says so.
e2e: all
	$(PYTEST) -n 8 $(E2E) || { [ -n '$(CI)' ] && \
		echo 'e2e: what failed is tried once more, alone' && \
		$(PYTEST) --last-failed $(E2E); }

# For who changes a line: the house, the parts (but for those that run out of
# memory at every step, or walk at random, for minutes), and the doors.
QUICK := $(filter-out $(LONG),$(UNIT_PROGRAMS))
QUICK_E2E := $(addprefix tests/e2e/,test_control.py test_help.py test_group.py)

quick:
	@scripts/setup build run test
	@$(MAKE) house
	@$(MAKE) -j2 all $(QUICK)
	@$(MAKE) unit UNIT_PROGRAMS='$(QUICK)'
	@$(MAKE) e2e E2E='$(QUICK_E2E)'

# What a page plays and shows, in a browser, and of hls.js; the console and the
# board. Not of `make check`:
# a page that is to be in step wants the machine for itself (among all other
# tests, words were shown up to 0.15 s late), and Chromium is 113 MB to fetch.
browser:
	@scripts/setup build run test browser
	@$(MAKE) all
	HLS_JS=$$(scripts/browser/fetch hls) && \
	AXE_JS=$$(scripts/browser/fetch axe) && export HLS_JS AXE_JS && \
		$(PYTEST) -k 'page or browser' tests/e2e/test_run.py \
		tests/e2e/test_captions_browser.py \
		tests/e2e/test_console_browser.py tests/e2e/test_board_browser.py \
		tests/e2e/test_desk_browser.py tests/e2e/test_tabs_browser.py

# The layers, and docs/ARCHITECTURE.md, against the tree.
house:
	@$(PYTHON) -m pytest -q -o cache_dir='$(abspath $(OUT))/pytest' tests/house

check:
	@scripts/setup build run test
	@$(MAKE) house
	@$(MAKE) -j2 all unit
	@$(MAKE) -j2 SANITIZE=1 all unit
	@$(MAKE) e2e
	@$(MAKE) SANITIZE=1 e2e

bench:
	@scripts/setup build run test
	@$(MAKE) all
	TTSD_BUILD='$(OUT)' $(PYTHON) tests/bench/bench.py --json $(OUT)/bench.json

# Everything that may befall both daemons, for so long; nothing may be lost.
# TORTURE='--seed SEED --only PHASE' repeats a part of one.
TORTURE_SECONDS ?= 600

torture:
	@scripts/setup build run test
	@$(MAKE) all
	TTSD_BUILD='$(OUT)' $(PYTHON) tests/torture/torture.py \
		--seconds $(TORTURE_SECONDS) $(TORTURE)

# So many sites at one broker, their links cut at random for so long.
SITES ?= 200
SITES_SECONDS ?= 600

sites:
	@scripts/setup build run test
	@$(MAKE) all
	TTSD_BUILD='$(OUT)' $(PYTHON) tests/sites/sites.py \
		--sites $(SITES) --seconds $(SITES_SECONDS)

# The power cut before every write that the ledger makes in some seconds of
# work; `make check` tries some of them. POWER_SEED=n does the same once more.
powercut:
	@scripts/setup build run test
	@$(MAKE) all
	POWER_CUTS=all $(PYTEST) -s tests/e2e/test_power_cut.py

# The units, booted; skipped, with a word, where that cannot be.
systemd: all
	@tests/systemd/run $(BUILD)

# The same for OpenRC.
openrc: all
	@tests/openrc/run $(BUILD)

# So many announcements over each of six kinds of server, with faults: none may
# be taken for heard that was not, or the other way round. HEARING_LANES say
# them side by side; HEARING_ONLY='--seed SEED --only rtmp' repeats a part.
HEARING ?= 1000
HEARING_LANES ?= 4

hearing:
	@scripts/setup build run test
	@$(MAKE) all
	TTSD_BUILD='$(OUT)' $(PYTHON) tests/hearing/hearing.py \
		--count $(HEARING) --lanes $(HEARING_LANES) $(HEARING_ONLY)

# libFuzzer, for as long as FUZZ_SECONDS each; needs clang. They begin with what
# the tests feed to the same parsers (seeds.py), and keep what they find.
FUZZ := $(notdir $(basename $(wildcard tests/fuzz/fuzz_*.c)))
FUZZ_SECONDS ?= 60
FUZZ_CC := clang -std=c11 -D_GNU_SOURCE -I. -g -O1 \
	-fsanitize=address,undefined -fno-sanitize-recover=all
FUZZ_LIBS := -lexpat -ljansson -lsndfile -lsoxr -lev -lmicrohttpd -lnettle \
	-lmosquitto -lm
# What they link; of other rooms they include what they need.
FUZZED := $(patsubst %.c,$(BUILD)/fuzz/obj/%.o, \
	$(call sources,$(COMMON_ROOMS) platform platform/posix \
		platform/posix/systemd $(SYSTEM) daemon) \
	$(filter-out %/main.c,$(call sources,$(GATEWAY_ROOMS))) \
	$(CONSOLE_FILES) gateway/courier/message.c \
	$(filter-out %/probe.c,$(call sources,streamer-supervisor/ffmpeg)) \
	$(call sources,streamer-supervisor/painter/layout))

$(BUILD)/fuzz/obj/%.o: %.c
	@mkdir -p $(@D)
	@$(FUZZ_CC) -fsanitize=fuzzer-no-link -MMD -MP -c -o $@ $<

$(BUILD)/fuzz/obj/libfuzzed.a: $(FUZZED)
	@rm -f $@
	@ar rcs $@ $^

fuzz: $(BUILD)/fuzz/obj/libfuzzed.a $(OUT)/tests/unit/test_ssml
	@$(PYTHON) tests/fuzz/seeds.py $(BUILD)/fuzz/seeds
	@mkdir -p $(BUILD)/fuzz/seeds/fuzz_ssml
	@TTSD_SEEDS=$(BUILD)/fuzz/seeds/fuzz_ssml \
		$(OUT)/tests/unit/test_ssml >/dev/null 2>&1
	@set -e; for f in $(FUZZ); do \
		mkdir -p $(BUILD)/fuzz/found/$$f $(BUILD)/fuzz/seeds/$$f; \
		$(FUZZ_CC) -fsanitize=fuzzer \
			-o $(BUILD)/fuzz/$$f tests/fuzz/$$f.c $< $(FUZZ_LIBS); \
		echo "fuzz: $$f"; \
		$(BUILD)/fuzz/$$f -max_total_time=$(FUZZ_SECONDS) -max_len=70000 \
			-dict=tests/fuzz/words.dict -print_final_stats=1 \
			-verbosity=0 -artifact_prefix=$(BUILD)/fuzz/ \
			$(BUILD)/fuzz/found/$$f \
			$(BUILD)/fuzz/seeds/$$f tests/e2e/cases; \
	done

MAN := $(wildcard docs/man/*.[18]) $(PAGES)
ZSHDIR ?= $(PREFIX)/share/zsh/site-functions
UNITDIR ?= $(PREFIX)/lib/systemd/system
# Pages, units and the example name the folders of the default prefix.
PLACED := sed 's|/usr/local|$(PREFIX)|g; s|@PREFIX@|$(PREFIX)|g'

# A configuration that is there stays.
install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/libexec/ttsd
	install -m 755 $(PROGRAMS) $(DESTDIR)$(PREFIX)/bin
	install -m 755 $(ENGINE_PROGRAMS) $(PICTURE_PROGRAM) $(PAINTER_PROGRAM) \
		$(CAPTIONS_PROGRAM) $(EAR_PROGRAM) $(ERRAND_PROGRAMS) $(LEDGER_PROGRAM) \
		$(COURIER_PROGRAM) \
		$(DESTDIR)$(PREFIX)/libexec/ttsd
	install -d $(DESTDIR)$(PREFIX)/share/ttsd/layouts
	install -m 644 $(LAYOUTS) $(DESTDIR)$(PREFIX)/share/ttsd/layouts
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/ttsd/grafana packaging/grafana/*
	@for d in *.md LICENSE docs/*.md docs/examples/* docs/images/*; do \
		install -D -m 644 $$d $(DESTDIR)$(PREFIX)/share/doc/ttsd/$$d; \
	done
	@for m in $(MAN); do \
		to=$(DESTDIR)$(PREFIX)/share/man/man$${m##*.}; \
		install -d $$to && $(PLACED) $$m >$$to/$${m##*/}; \
	done
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/bash-completion/completions \
		packaging/completion/bash/*
	install -D -m 644 -t $(DESTDIR)$(ZSHDIR) packaging/completion/zsh/*
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d \
		packaging/completion/fish/*
	@$(MAKE) -s install-$(INIT)
	install -d $(DESTDIR)/etc/ttsd
	@[ -e $(DESTDIR)/etc/ttsd/ttsd.conf ] || \
		$(PLACED) packaging/ttsd.conf >$(DESTDIR)/etc/ttsd/ttsd.conf

# What `install` would lay there, but for a configuration that was changed.
uninstall:
	@stage=$$(mktemp -d) && trap 'rm -rf $$stage' EXIT && \
	$(MAKE) -s install DESTDIR=$$stage && cd $$stage && \
	find . -type f -printf '%P\n' | while read -r file; do \
		case $$file in *.conf) cmp -s $$file $(DESTDIR)/$$file || { \
			[ ! -e $(DESTDIR)/$$file ] || \
				echo "$(DESTDIR)/$$file was changed, and stays"; \
			continue; } ;; \
		esac; \
		rm -f $(DESTDIR)/$$file; \
	done && \
	find . -depth -type d -path '*/ttsd*' | while read -r folder; do \
		rmdir $(DESTDIR)/$$folder 2>/dev/null || true; \
	done

# Debian's packages, into build/packages.
deb:
	@scripts/setup build deb
	@scripts/packages/deb $(BUILD)/packages

# What the programs link, by the word of Debian's packages.
SBOM ?= $(OUT)/ttsd.spdx.json

sbom: all
	@COMMIT='$(COMMIT)' scripts/packages/sbom $(PROGRAMS) \
		$(ENGINE_PROGRAMS) $(PICTURE_PROGRAM) $(PAINTER_PROGRAM) \
		$(CAPTIONS_PROGRAM) $(EAR_PROGRAM) $(ERRAND_PROGRAMS) \
		$(LEDGER_PROGRAM) $(COURIER_PROGRAM) >$(SBOM).new
	@mv $(SBOM).new $(SBOM)

# Built twice, they are the same.
deb-compare:
	@scripts/setup build deb
	@scripts/packages/compare $(BUILD)/compare

# Installed, killed, booted, upgraded on air and purged (tests/packages). The
# version after this one is the same, but for its name.
MACHINES := $(BUILD)/machines

packages-test:
	@scripts/setup build test deb machine
	@scripts/packages/deb $(MACHINES)/one
	@COMMIT=next VERSION_SUFFIX=+next scripts/packages/deb $(MACHINES)/two
	@PACKAGES='$(abspath $(MACHINES))' $(PYTHON) -m pytest -q -s \
		-p no:cacheprovider tests/packages

clean:
	rm -rf $(BUILD)

include packaging/packaging.mk scripts/windows/windows.mk

# Whole systems are below the first one (make systemd, openrc, packages-test).
-include $(shell find $(BUILD) -path $(BUILD)/machines -prune -o -name '*.d' -type f -print 2>/dev/null)

.PHONY: always all systemd openrc setup run quick unit coverage house e2e browser check bench torture sites hearing powercut fuzz install uninstall deb deb-compare sbom packages-test clean
.SECONDARY:
