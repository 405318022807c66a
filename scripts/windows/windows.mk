# Windows: `make windows` cross-builds with mingw-w64 into build/windows,
# `make windows-dist` packs that, `make check-windows` runs what was built under
# Wine. Nothing is run when this file is merely read. docs/WINDOWS.md has the
# rest.

WIN := $(BUILD)/windows
WIN_HOST := x86_64-w64-mingw32
WIN_CC := $(WIN_HOST)-gcc
# Where scripts/windows/libs put the libraries; it writes this file's name.
WIN_LIBS_AT = $(shell cat $(WIN)/libs)

# select() takes so many sockets (FD_SETSIZE; scripts/windows/libs says the same
# to libev and libmicrohttpd).
# printf() is the one of C11 (__USE_MINGW_ANSI_STDIO); the compiler checks
# formats against Microsoft's, so that is left to the build on POSIX. libcurl,
# expat and libmosquitto are static; espeak_dll.c defines the functions of
# espeak-ng as if it were that.
WIN_CFLAGS = -std=c11 -D_GNU_SOURCE -D__USE_MINGW_ANSI_STDIO=1 \
	-D_POSIX_THREAD_SAFE_FUNCTIONS=1 -DFD_SETSIZE=1024 \
	-DCURL_STATICLIB -DXML_STATIC -DLIBMOSQUITTO_STATIC \
	-DLIBESPEAK_NG_EXPORT \
	-D_WIN32_WINNT=0x0A00 -DUNICODE -D_UNICODE -I. -I$(WIN)/obj \
	-include platform/win32/missing.h \
	-isystem $(WIN_LIBS_AT)/include $(WARN) -Wno-format -O2 -g
WIN_LINK = $(WIN_CC) -municode -mconsole -static -Wl,--dynamicbase \
	-Wl,--nxcompat -Wl,--high-entropy-va -Wl,--no-insert-timestamp \
	-L$(WIN_LIBS_AT)/lib
WIN_SYSTEM := -lws2_32 -lwinmm -lavrt -lntdll -lbcrypt -ladvapi32 -lshell32 -lpthread

win_objects = $(patsubst %.c,$(WIN)/obj/%.o,$(1))

WIN_COMMON := $(call win_objects,$(call sources,$(COMMON_ROOMS)))
WIN_LIBCOMMON := $(WIN)/obj/libcommon.a
# Its timers are the loop's own, as where POSIX is all that there is.
WIN_PLATFORM := $(call win_objects,$(call sources,platform platform/win32) \
	platform/posix/portable/precise.c)
WIN_SHARED := $(call win_objects,$(call sources,daemon)) $(WIN_PLATFORM)
WIN_ENTRY := $(WIN)/obj/platform/win32/entry/
WIN_WORDS := $(WIN_ENTRY)words.o $(WIN_ENTRY)program.o
WIN_DAEMON := $(WIN_ENTRY)words.o $(WIN_ENTRY)daemon.o $(WIN_ENTRY)control.o
WIN_KIT := $(call win_objects,$(call sources,ttsd/engines/kit \
	ttsd/engines/kit/win32) platform/win32/spawn.c \
	platform/win32/utf16.c)
WIN_ENGINES := $(call engines,win32)
WIN_PROGRAMS := $(patsubst %,$(WIN)/bin/%.exe,ttsd streamer-supervisor ttsd-gateway ttsctl)
WIN_ENGINE_PROGRAMS := $(patsubst %,$(WIN)/libexec/ttsd/%.exe,$(WIN_ENGINES))
WIN_ERRANDS := $(ERRANDS:%=$(WIN)/libexec/ttsd/%.exe)
WIN_PICTURE := $(WIN)/libexec/ttsd/picture.exe
WIN_CAPTIONS := $(WIN)/libexec/ttsd/captions.exe
WIN_EAR := $(WIN)/libexec/ttsd/ear.exe
WIN_LEDGER := $(WIN)/libexec/ttsd/ledger.exe
WIN_COURIER := $(WIN)/libexec/ttsd/courier.exe

windows: $(WIN_PROGRAMS) $(WIN_ENGINE_PROGRAMS) $(WIN_ERRANDS) $(WIN_PICTURE) \
	$(WIN_CAPTIONS) $(WIN_EAR) $(WIN_LEDGER) $(WIN_COURIER) $(WIN)/licences

# Of the libraries inside; they go wherever the programs go.
$(WIN)/licences: $(WIN)/libs
	@rm -rf $@
	@cp -r $(WIN_LIBS_AT)/licences $@

$(WIN)/libs: scripts/windows/libs
	@mkdir -p $(@D)
	@scripts/windows/libs >$@.new
	@mv $@.new $@

# What Windows' users install, into build/windows/dist.
windows-dist:
	@scripts/windows/setup
	@$(MAKE) windows
	@COMMIT='$(COMMIT)' scripts/windows/dist $(WIN)

# Built twice, it is the same.
windows-dist-compare:
	@for build in one two/and/deeper; do \
		$(MAKE) BUILD='$(BUILD)'/compare/$$build windows-dist || exit 1; \
	done
	@cmp '$(BUILD)'/compare/one/windows/dist/*.zip \
		'$(BUILD)'/compare/two/and/deeper/windows/dist/*.zip
	@echo 'windows-dist: two builds are the same'
	@rm -rf '$(BUILD)'/compare/one '$(BUILD)'/compare/two

# Messages of the event log, and what Windows shows about a program.
$(WIN)/obj/platform/win32/messages.h: platform/win32/messages.mc
	@mkdir -p $(@D)
	@$(WIN_HOST)-windmc -h $(@D) -r $(@D) $<

$(WIN)/obj/resources.o: packaging/windows/ttsd.rc packaging/windows/ttsd.manifest \
		$(WIN)/obj/platform/win32/messages.h common/version.h
	@$(WIN_HOST)-windres -I. -I$(WIN)/obj/platform/win32 -o $@ $<

$(WIN)/obj/%.o: %.c $(WIN)/libs | $(WIN)/obj/platform/win32/messages.h
	@mkdir -p $(@D)
	@echo '  WINCC $<'
	@$(WIN_CC) $(WIN_CFLAGS) -MMD -MP -c -o $@ $<

$(WIN)/obj/platform/version.o: $(COMMIT_FILE)
$(WIN)/obj/platform/version.o: WIN_CFLAGS += -DTTSD_COMMIT='"$(COMMIT)"'

# Of common/ each takes what it needs; ttsctl also of the platform, and so no
# HTTP server.
$(WIN)/bin/ttsd.exe: $(call win_objects,$(call sources,$(TTSD_ROOMS)) \
	ttsd/ledger/place.c) \
	$(WIN_DAEMON)
$(WIN)/bin/streamer-supervisor.exe: \
	$(call win_objects,$(call sources,$(SUPERVISOR_ROOMS))) $(WIN_DAEMON)
$(WIN)/bin/ttsd-gateway.exe: \
	$(call win_objects,$(call sources,$(GATEWAY_ROOMS)) $(CONSOLE_FILES)) $(WIN_DAEMON)
$(WIN)/bin/ttsctl.exe: $(call win_objects,$(call sources,$(CTL_ROOMS))) $(WIN_WORDS) \
	$(WIN)/obj/libplatform.a $(WIN)/obj/platform/win32/missing.o
$(WIN)/bin/ttsd.exe $(WIN)/bin/streamer-supervisor.exe $(WIN)/bin/ttsd-gateway.exe: $(WIN_SHARED)
$(WIN)/bin/ttsd.exe: WIN_LIBS := -lmicrohttpd -lexpat
$(WIN)/bin/streamer-supervisor.exe $(WIN)/bin/ttsd-gateway.exe: WIN_LIBS := -lmicrohttpd
$(WIN_PROGRAMS): $(WIN_LIBCOMMON) $(WIN)/obj/resources.o
	@mkdir -p $(@D)
	@echo '  LINK  $@'
	@$(WIN_LINK) -o $@ $(filter-out $(WIN_LIBCOMMON),$^) $(WIN_LIBCOMMON) \
		$(WIN_LIBS) -lev -ljansson $(WIN_SYSTEM)

# Of the libraries they take what they use. The speech API (sapi) is Windows'
# own; libespeak-ng.dll is loaded when it is there (espeak_dll.c).
WIN_ENGINE_ARCHIVES := $(addprefix $(WIN)/obj/,libnet.a libsound.a libkit.a \
	libcommon.a)
WIN_ENGINE_LIBS := -lcurl -lcrypt32 -lbcrypt -lsecur32 -lsndfile -lexpat \
	-ljansson -lsoxr -lole32 -luuid

define win_engine
$(WIN)/libexec/ttsd/$(1).exe: $(call win_objects,$(call engine_sources,win32,$(1)))
endef
$(foreach e,$(WIN_ENGINES),$(eval $(call win_engine,$(e))))
$(WIN_ENGINE_PROGRAMS): $(WIN_WORDS) $(WIN)/obj/resources.o \
		$(WIN)/obj/platform/win32/missing.o $(WIN_ENGINE_ARCHIVES)
	@mkdir -p $(@D)
	@echo '  LINK  $@'
	@$(WIN_LINK) -o $@ $(filter %.o,$^) $(WIN_ENGINE_ARCHIVES) \
		$(WIN_ENGINE_LIBS) $(WIN_SYSTEM)

$(WIN_ERRANDS): $(WIN)/libexec/ttsd/%.exe: \
		$(WIN)/obj/streamer-supervisor/%/main.o \
		$(WIN)/obj/streamer-supervisor/errand/errand.o \
		$(WIN_WORDS) $(WIN)/obj/resources.o \
		$(WIN)/obj/platform/win32/missing.o $(WIN)/obj/libplatform.a \
		$(WIN_LIBCOMMON)
	@mkdir -p $(@D)
	@echo '  LINK  $@'
	@$(WIN_LINK) -o $@ $^ -lcurl -lcrypt32 -lbcrypt -lsecur32 -ljansson \
		$(WIN_SYSTEM)

$(WIN_LEDGER): $(call win_objects,$(call sources,$(LEDGER_ROOMS))) \
		$(WIN_WORDS) $(WIN)/obj/resources.o \
		$(WIN)/obj/platform/win32/missing.o $(WIN)/obj/libplatform.a \
		$(WIN_LIBCOMMON)
	@mkdir -p $(@D)
	@echo '  LINK  $@'
	@$(WIN_LINK) -o $@ $^ -lsqlite3 -lev -ljansson $(WIN_SYSTEM)

$(WIN_COURIER): $(call win_objects,$(call sources,$(COURIER_ROOMS))) \
		$(WIN_WORDS) $(WIN)/obj/resources.o \
		$(WIN)/obj/platform/win32/missing.o $(WIN)/obj/libplatform.a \
		$(WIN_LIBCOMMON)
	@mkdir -p $(@D)
	@echo '  LINK  $@'
	@$(WIN_LINK) -o $@ $^ -lmosquitto -lev -ljansson $(WIN_SYSTEM)

# They have loops, and serve or take pipes, as the daemons do.
$(WIN_PICTURE): $(call win_objects,$(call sources,$(PICTURE_ROOMS))) \
	$(WIN)/obj/libpainter.a
$(WIN_CAPTIONS): $(call win_objects,$(call sources,$(CAPTIONS_ROOMS)) \
	streamer-supervisor/keeper/names.c)
$(WIN_EAR): $(call win_objects,$(call sources,$(EAR_ROOMS)))
$(WIN_EAR): WIN_LIBS := -lsoxr -lkissfft-float
$(WIN_PICTURE) $(WIN_CAPTIONS) $(WIN_EAR): $(WIN_WORDS) $(WIN)/obj/resources.o \
		$(WIN)/obj/platform/win32/missing.o $(addprefix $(WIN)/obj/, \
		libdaemon.a libplatform.a libcommon.a)
	@mkdir -p $(@D)
	@echo '  LINK  $@'
	@$(WIN_LINK) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(WIN_LIBS) \
		-lev -ljansson $(WIN_SYSTEM)

$(WIN)/tests/unit/test_sapi_text.exe: $(WIN)/obj/tests/windows/test_sapi_text.o \
		$(call win_objects,$(call sources,ttsd/engines/win32/sapi)) $(WIN_WORDS) \
		$(WIN)/obj/platform/win32/utf16.o
	@mkdir -p $(@D)
	@echo '  LINK  $@'
	@$(WIN_LINK) -o $@ $^ -lcmocka -lole32 -luuid $(WIN_SYSTEM)

$(WIN)/tests/%.exe: $(WIN)/obj/tests/windows/%.o
	@mkdir -p $(@D)
	@echo '  LINK  $@'
	@$(WIN_LINK) -o $@ $^ $(WIN_SYSTEM)

$(WIN)/tests/libespeak-ng.dll: tests/windows/fake_espeak.c $(WIN)/libs
	@mkdir -p $(@D)
	@echo '  LINK  $@'
	@$(WIN_CC) $(WIN_CFLAGS) -shared -static -o $@ $<

WIN_TESTS := $(addprefix $(WIN)/tests/,bridge.exe libespeak-ng.dll)

# The unit tests of what is pure, and not of POSIX alone (test_program,
# test_inspect; wcwidth() in test_width; systemd in test_activation;
# test_gateway_shortage has sockets in the place of ttsd's), nor of a program
# that Windows does not have.
WIN_ABSENT := $(basename $(notdir $(shell grep -l \
	'"\(streamer-supervisor/picture\|streamer-supervisor/painter\)/' tests/unit/*.c)))
WIN_UNIT := $(filter-out test_docs test_sound test_program test_spawn \
	test_copy test_width test_loop_memory test_inspect test_activation \
	test_gateway_shortage test_sandbox $(WIN_ABSENT),$(UNIT))
WIN_UNIT_PROGRAMS := $(patsubst %,$(WIN)/tests/unit/%.exe,$(WIN_UNIT) \
	test_sapi_text)
WIN_UNIT_LIBS := $(addprefix $(WIN)/obj/,libkit.a libttsd.a libledger.a libstreamer.a libgateway.a \
	libpicture.a libpainter.a libcaptions.a libear.a libctl.a libdaemon.a libplatform.a libcommon.a)
win_not_main = $(filter-out %/main.o,$(call win_objects,$(call sources,$(1))))

$(WIN)/obj/libttsd.a: $(call win_not_main,$(TTSD_ROOMS))
$(WIN)/obj/libledger.a: $(call win_not_main,$(LEDGER_ROOMS))
$(WIN)/obj/libstreamer.a: $(call win_not_main,$(SUPERVISOR_ROOMS))
$(WIN)/obj/libgateway.a: $(call win_not_main,$(GATEWAY_ROOMS)) \
	$(call win_objects,$(CONSOLE_FILES))
$(WIN)/obj/libpicture.a: $(call win_not_main,$(PICTURE_ROOMS))
$(WIN)/obj/libpainter.a: $(call win_objects,$(call sources,\
	streamer-supervisor/painter/layout))
$(WIN)/obj/libcaptions.a: $(call win_not_main,$(CAPTIONS_ROOMS))
$(WIN)/obj/libear.a: $(call win_not_main,$(EAR_ROOMS))
$(WIN)/obj/libctl.a: $(call win_not_main,$(CTL_ROOMS))
$(WIN)/obj/libdaemon.a: $(call win_objects,$(call sources,daemon))
$(WIN)/obj/libplatform.a: $(WIN_PLATFORM)
$(WIN_LIBCOMMON): $(WIN_COMMON)
$(WIN)/obj/libnet.a: $(call win_objects,$(call sources,ttsd/engines/net))
$(WIN)/obj/libsound.a: $(call win_objects,$(call sources,ttsd/engines/sound))
$(WIN)/obj/libkit.a: $(WIN_KIT)
$(sort $(WIN_UNIT_LIBS) $(WIN_ENGINE_ARCHIVES)):
	@rm -f $@
	@$(WIN_HOST)-ar rcs $@ $^

$(WIN)/tests/unit/%.exe: $(WIN)/obj/tests/unit/%.o $(WIN_WORDS) \
		$(WIN)/obj/platform/win32/missing.o $(WIN_UNIT_LIBS)
	@mkdir -p $(@D)
	@echo '  LINK  $@'
	@$(WIN_LINK) -o $@ $^ -lcmocka -lexpat -lev -ljansson -lkissfft-float -lsqlite3 \
		$(WIN_SYSTEM)

check-windows:
	@scripts/windows/setup
	@$(MAKE) windows $(WIN_TESTS) $(WIN_UNIT_PROGRAMS)
	@$(MAKE) windows-dist
	@BUILD='$(BUILD)' PYTHON='$(PYTHON)' scripts/windows/check

-include $(shell find $(WIN) -name '*.d' 2>/dev/null)

.PHONY: windows windows-dist windows-dist-compare check-windows
