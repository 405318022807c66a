# ttsd: text in on a socket, a live stream out.
#
#   make            build into build/bin and build/libexec/ttsd
#   make run        the demo: a private server, both daemons, a first sentence
#   make check      every test, plain and under the sanitizers
#   make bench      the benchmarks
#   make install    DESTDIR= PREFIX=
#
# SANITIZE=1 builds with ASan and UBSan into build/san instead.

BUILD ?= build
PREFIX ?= /usr/local
PYTHON ?= /usr/bin/python3

ifdef SANITIZE
OUT := $(BUILD)/san
SAN := -fsanitize=address,undefined -fno-sanitize-recover=all
else
OUT := $(BUILD)
endif

CFLAGS ?= -O2 -g
WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Werror
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE -I. $(WARN) $(CFLAGS) $(SAN)
LINK = $(CC) $(CFLAGS) $(SAN) $(LDFLAGS)

sources = $(sort $(wildcard $(1)/*.c))
objects = $(patsubst %.c,$(OUT)/obj/%.o,$(1))

COMMON := $(call objects,$(call sources,common))
PLATFORM := $(call objects,$(call sources,platform) $(call sources,platform/posix))
KIT := $(call objects,$(sort $(wildcard ttsd/engines/kit*.c)))
ENGINES := $(filter-out kit%,$(notdir $(basename $(call sources,ttsd/engines))))
UNIT := $(notdir $(basename $(wildcard tests/unit/test_*.c)))

PROGRAMS := $(addprefix $(OUT)/bin/,ttsd streamer-supervisor ttsctl ttsd-stream)
ENGINE_PROGRAMS := $(addprefix $(OUT)/libexec/ttsd/,$(ENGINES))
UNIT_PROGRAMS := $(addprefix $(OUT)/tests/unit/,$(UNIT))

all: $(PROGRAMS) $(ENGINE_PROGRAMS)

$(OUT)/obj/%.o: %.c
	@mkdir -p $(@D)
	@echo '  CC    $<'
	@$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(OUT)/bin/ttsd: $(call objects,$(call sources,ttsd))
$(OUT)/bin/streamer-supervisor: $(call objects,$(call sources,streamer-supervisor))
$(OUT)/bin/ttsctl: $(call objects,$(call sources,ttsctl))
$(OUT)/bin/ttsd $(OUT)/bin/streamer-supervisor $(OUT)/bin/ttsctl: $(PLATFORM) $(COMMON)
	@mkdir -p $(@D)
	@echo '  LINK  $@'
	@$(LINK) -o $@ $^ -lev -ljansson -lm

$(OUT)/bin/ttsd-stream: scripts/ttsd-stream
	@mkdir -p $(@D)
	@install -m 755 $< $@

# Only the espeak engine links espeak-ng (GPLv3); the rest stays MIT.
$(OUT)/libexec/ttsd/espeak: LIBS := -lespeak-ng
$(OUT)/libexec/ttsd/%: $(OUT)/obj/ttsd/engines/%.o $(KIT) $(COMMON)
	@mkdir -p $(@D)
	@echo '  LINK  $@'
	@$(LINK) -o $@ $^ $(LIBS) -ljansson -lsoxr -lm

# What a daemon keeps pure, and so testable, beside its main.
TESTED := $(filter-out %/main.o,$(call objects,$(call sources,ttsd) $(call sources,streamer-supervisor)))

$(OUT)/tests/unit/%: $(OUT)/obj/tests/unit/%.o $(TESTED) $(PLATFORM) $(COMMON)
	@mkdir -p $(@D)
	@echo '  LINK  $@'
	@$(LINK) -o $@ $^ -lcmocka -lev -ljansson -lm


-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

.PHONY: all
.SECONDARY:
