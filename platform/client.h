/*
 * The part of the seam that command-line clients need and daemons do not;
 * client.c in each system's folder.
 */
#ifndef PLATFORM_CLIENT_H
#define PLATFORM_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

bool client_output_is_terminal(void);

/* Gives the terminal's size now, in characters. Fails with ERR_NOT_FOUND where
 * standard output is no terminal that tells. */
int client_terminal_size(unsigned *columns, unsigned *rows);

/* Gives how wide the terminal is that standard error goes to, one that
 * understands escapes. Fails with ERR_NOT_FOUND where it goes elsewhere. */
int client_error_columns(unsigned *columns);

/* Takes the terminal over: writes `enter` now, and `leave` when we leave it,
 * when a signal ends us and while the user stops us. Both texts stay the
 * caller's and must live on. What is typed meanwhile is not shown; Ctrl-C ends
 * us as ever. To be called after client_default_signals(). */
void client_screen_enter(const char *enter, const char *leave);
void client_screen_leave(void);

/* Takes one key that was typed since; 0: none was. Never waits. Standard input
 * may be no terminal, and Windows tells none. */
char client_screen_key(void);

/* What is written to standard error when a signal ends us, as Ctrl-C does;
 * NULL: nothing. The text stays the caller's and must live on until another one
 * is told. To be called after client_default_signals(), and not by who has
 * taken the terminal over. */
void client_last_words(const char *text);

/* Gives the signals back their default action: a client just ends, also while
 * it is held up writing. To be called after loop_new(). */
void client_default_signals(void);

#endif
