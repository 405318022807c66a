/* What commands do: functions for the `run` of struct command. */
#ifndef TTSCTL_REQUEST_H
#define TTSCTL_REQUEST_H

#include "ttsctl/ttsctl.h"

typedef enum status run_command(struct call *call);

run_command run_request; /* one request, one answer */
run_command run_ping;
run_command run_upgrade, run_reload; /* of both daemons */
run_command run_say;
run_command run_outputs; /* with --wait, until they run */
run_command run_watch;   /* outputs --watch */
run_command run_events;
run_command run_listen;
run_command run_help;
run_command run_version;

/* Makes the text of `say` a field of its request. */
enum status prepare_say(struct call *call);
/* Make the words ids. */
enum status prepare_cancel(struct call *call);
enum status prepare_uncall(struct call *call);

struct client;
struct client_events;

/* Sends `first`, unless it is NULL, and then the request, and goes on until the
 * client is told to finish. Takes over `first`. */
enum status request_converse(struct call *call,
    const struct client_events *events, void *arg, json_t *first);

/* Prints the reply as the caller wants it. */
void request_show(struct client *c, const json_t *reply);

/* Returns the complete request of a call; the caller owns a reference. */
json_t *request_of(const struct call *call);

#endif
