# What starts the daemons: make install INIT=systemd|openrc|freebsd|launchd.
INIT ?= systemd

install-systemd:
	install -D -m 644 packaging/systemd/ttsd.sysusers.conf $(DESTDIR)$(PREFIX)/lib/sysusers.d/ttsd.conf
	install -d $(DESTDIR)$(UNITDIR)
	@for u in packaging/systemd/*.service packaging/systemd/*.socket; do \
		$(PLACED) $$u >$(DESTDIR)$(UNITDIR)/$${u##*/}; \
		sed -f packaging/systemd/instance.sed $$u | $(PLACED) \
			>$(DESTDIR)$(UNITDIR)/$$(basename $${u%.*})@.$${u##*.}; \
	done

# Into a folder, with a mode.
install-openrc: INIT_DIR := /etc/init.d
install-openrc: INIT_MODE := 755
install-freebsd: INIT_DIR = $(PREFIX)/etc/rc.d
install-freebsd: INIT_MODE := 755
install-launchd: INIT_DIR := /Library/LaunchDaemons
install-launchd: INIT_MODE := 644
install-openrc install-freebsd install-launchd: install-%:
	install -d $(DESTDIR)$(INIT_DIR)
	@for f in packaging/$*/*; do \
		to=$(DESTDIR)$(INIT_DIR)/$${f##*/}; \
		$(PLACED) $$f >$$to && chmod $(INIT_MODE) $$to; \
	done

.PHONY: install-systemd install-openrc install-freebsd install-launchd
