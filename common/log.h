/*
 * One line per event, key=value, to a sink that the platform installs.
 *
 * Every line passes utf8_sanitise(), so that no peer's raw bytes reach a
 * terminal or a log file. Warnings and errors say what happened, to which
 * channel or output, and what to do about it.
 */
#ifndef COMMON_LOG_H
#define COMMON_LOG_H

#include <stdbool.h>
#include <stdint.h>

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

/* Longest line in bytes; longer ones are cut. */
#define LOG_LINE_MAX 1024

/* Receives one sanitised line without its newline. */
typedef void log_sink(enum log_level level, const char *line);

/* Sets where lines go; lines of a level above `max` are dropped. Until it is
 * called nothing is logged. */
void log_init(log_sink *sink, enum log_level max);

void log_write(enum log_level level, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#define log_error(...) log_write(LOG_ERROR, __VA_ARGS__)
#define log_warning(...) log_write(LOG_WARNING, __VA_ARGS__)
#define log_info(...) log_write(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_write(LOG_DEBUG, __VA_ARGS__)

/* Longest that log_quote() makes of a text, in bytes; what is longer is cut and
 * ends in three dots. */
#define LOG_QUOTED_MAX 700

/* What somebody else said or named (a client, an engine, a server, ffmpeg, a
 * file), as the value of a key: in quotes, so escaped that nothing in it looks
 * like the value's end and the next key, or turns the order of what is shown.
 * \", \\, \n, \r and \t; other controls and bytes that are no UTF-8 as \xHH,
 * Unicode's controls of lines and of direction as \uHHHH. Valid until the next
 * call but one. */
const char *log_quote(const char *text);

const char *log_level_name(enum log_level level);

/* A budget of lines per peer: `burst` at once, then one per `every_ns`. */
struct log_limit {
	int64_t every_ns;
	unsigned burst;
	int64_t full_ns; /* time at which the whole burst is there again */
	uint64_t dropped;
};

/* True when a line may be written at `now_ns`; otherwise counts it. */
bool log_allow(struct log_limit *l, int64_t now_ns);

/* How many lines log_allow() has refused since the start, over all limits. */
uint64_t log_dropped(void);

#endif
