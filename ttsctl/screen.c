#include "ttsctl/screen.h"

#include <stdio.h>

#include "common/lines.h"
#include "platform/client.h"

/* ENTER shows the other screen, without cursor or wrapping; LEAVE goes back. */
#define ENTER "\033[?1049h\033[?25l\033[?7l"
#define LEAVE "\033[?7h\033[?25h\033[?1049l"
#define HOME "\033[H"
#define REST_OF_LINE "\033[K"
#define REST_OF_SCREEN "\033[J"

/* So often the keyboard is looked at. */
#define KEYS_NS (100 * NS_PER_MS)

static struct {
	struct timer *timer;
	void (*quit)(void *arg);
	void *arg;
} keys;

/* The buffer has room for a whole screen, which goes out in one write. */
static char screen_bytes[256 * 1024];

static void
screen_look_at_keys(void *arg)
{
	char key;

	(void)arg;
	timer_at(keys.timer, clock_awake_ns() + KEYS_NS);
	while ((key = client_screen_key()) != 0)
		if (key == 'q')
			keys.quit(keys.arg);
}

int
screen_enter(struct loop *l, void (*quit)(void *arg), void *arg)
{
	int rc =
	    timer_new(l, TIMER_COARSE, screen_look_at_keys, NULL, &keys.timer);

	if (rc < 0)
		return rc;
	keys.quit = quit;
	keys.arg = arg;
	timer_at(keys.timer, clock_awake_ns() + KEYS_NS);
	setvbuf(stdout, screen_bytes, _IOFBF, sizeof(screen_bytes));
	client_screen_enter(ENTER, LEAVE);
	return 0;
}

void
screen_leave(void)
{
	client_screen_leave();
	timer_free(keys.timer);
}

/* Into standard output's buffer. */
static void
screen_put(const struct page *p)
{
	const char *text = (const char *)buf_data(&p->text), *line;
	size_t left = buf_len(&p->text), len;
	unsigned row;

	fputs(HOME, stdout);
	for (row = 1; lines_next(&text, &left, &line, &len); row++) {
		if (row == p->rows && left > 0) {
			fputs("..." REST_OF_LINE, stdout);
			return;
		}
		fwrite(line, 1, len, stdout);
		fputs(REST_OF_LINE, stdout);
		if (row == p->rows)
			return;
		fputs("\r\n", stdout);
	}
	fputs(REST_OF_SCREEN, stdout);
}

bool
screen_draw(
    void (*write)(struct page *p, void *arg), void *arg, enum status *status)
{
	struct page p;

	page_init(&p);
	write(&p, arg);
	screen_put(&p);
	page_done(&p);
	return output_flush(status);
}
