/* The answers of the daemons, for a person: functions for the `show` of struct
 * command. */
#ifndef TTSCTL_SHOW_H
#define TTSCTL_SHOW_H

#include "ttsctl/ttsctl.h"

typedef void show_reply(const struct call *call, const json_t *reply);

show_reply show_said, show_status, show_queue, show_cancelled, show_skipped;
show_reply show_stopped;
show_reply show_cleared, show_done, show_reloaded, show_upgraded, show_board,
    show_voices, show_engines, show_channels, show_history;

/* desk.c */
show_reply show_called, show_transferred, show_uncalled, show_numbers,
    show_series, show_calls, show_messages;

/* Prints one event as a line. */
void show_event(const json_t *event);

#endif
