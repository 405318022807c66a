/*
 * What the gateway serves over HTTP: a path for each operation of both daemons,
 * their events and sound, and what describes all that. It translates, and keeps
 * nothing that the daemons do not know.
 */
#ifndef GATEWAY_API_API_H
#define GATEWAY_API_API_H

#include "common/log.h"
#include "daemon/metrics.h"
#include "gateway/access/access.h"
#include "gateway/daemons/roster.h"
#include "gateway/http/door.h"
#include "gateway/http/exchange.h"
#include "gateway/schedule/schedule.h"
#include "platform/runtime_dir.h"

/* The two daemons, and where their operations are. */
enum api_daemon { API_TTSD, API_STREAMER, API_DAEMONS };

struct api_peer {
	const char *prefix; /* "/v1/", "/v1/outputs/" */
	char path[PLATFORM_PATH_MAX];
	struct peer *peer;
	struct roster *roster;
};

struct hub;
struct arrivals;

struct api {
	struct loop *loop;
	const struct conf *conf;
	const struct runtime_dir *dir;
	struct access access;
	struct api_peer peers[API_DAEMONS];
	const struct door *door; /* whose exchanges it serves */
	int64_t started_ns;
	struct schedules *schedules;
	struct hub *hubs;
	struct arrivals *arrivals; /* arrival.h; NULL: nobody waits */
	size_t tellings;           /* that are told events */
	size_t listeners;          /* of sound */
	struct log_limit changes;  /* lines of what was changed */
	/* What is measured beside it, behind its own at /metrics; NULL:
	 * nothing. */
	const struct metric_group *beside;
	const void *beside_of;
};

/* `tokens` is the path of their file; all that is handed in must outlive it.
 * ERR_NOMEM, ERR_TOO_LONG, ERR_INVALID. api_done() is due in any case. */
int api_init(struct api *a, struct loop *l, const struct conf *conf,
    const struct runtime_dir *dir, const char *tokens);
void api_done(struct api *a);

/* Serves one exchange; `arg` is the api (door.h). */
void api_serve(void *arg, struct exchange *x);

/* ---- for the files of this room --------------------------------------- */

/* For everybody; nobody is asked who they are, and `who` is NULL. */
#define ROUTE_OPEN RIGHT_COUNT

/* One path, or all that begin with it and go on. `method` is "GET" or "POST";
 * GET is HEAD, too. */
struct route {
	const char *method, *path;
	bool more;
	enum right may; /* or ROUTE_OPEN */
	/* What may stand behind '?' (http/query.h); NULL: whatever does is not
	 * for us. */
	const char *query;
	/* `rest` is what goes on behind `path`. */
	void (*serve)(struct api *a, struct exchange *x,
	    const struct token *who, const char *rest);
};

/* Says why a daemon gave no answer; `err` as of peer_answer. */
void api_answer_absent(
    struct exchange *x, const struct api_peer *peer, int err);
/* Answers with the line that a daemon gave: its reply, with the status that
 * fits, or where it is none 502. */
void api_answer_line(struct exchange *x, const struct api_peer *peer,
    const char *line, size_t len);
/* Reads the body, an object. Returns false where it has answered. */
bool api_read_body(struct exchange *x, json_t **out);
/* Answers 403 and returns false where who asks may not. */
bool api_may(struct exchange *x, const struct token *who, enum right may);
bool api_may_channel(const struct api *a, struct exchange *x,
    const struct token *who, const char *channel);
/* Is the channel (or the zone, by its own name) one of the token's, by its name
 * or that of a zone that has it? */
bool api_has_channel(
    const struct api *a, const struct token *who, const char *channel);

/* census.c: asks all daemons for their rosters, and then has `fn` answer; `err`
 * is 0 of those that are known, or why they are not (roster_ask()). */
typedef void census_answer(
    struct api *a, struct exchange *x, const int err[API_DAEMONS]);
void census_take(struct api *a, struct exchange *x, census_answer *fn);

/* call.c: one operation of a daemon. */
void call_serve(struct api *a, struct exchange *x, const struct token *who,
    const char *rest);
void call_serve_streamer(struct api *a, struct exchange *x,
    const struct token *who, const char *rest);
/* events.c: GET /v1/events, GET /v1/outputs/events */
void events_serve(struct api *a, struct exchange *x, const struct token *who,
    const char *rest);
/* listen.c: GET /v1/listen/CHANNEL */
void listen_serve(struct api *a, struct exchange *x, const struct token *who,
    const char *rest);
/* speech.c: POST /v1/audio/speech */
void speech_serve(struct api *a, struct exchange *x, const struct token *who,
    const char *rest);
/* openapi.c: GET /openapi.json */
void openapi_serve(struct api *a, struct exchange *x, const struct token *who,
    const char *rest);
/* schedule.c: GET /v1/schedule */
void schedule_serve(struct api *a, struct exchange *x, const struct token *who,
    const char *rest);
/* whoami.c: GET /v1/whoami */
void whoami_serve(struct api *a, struct exchange *x, const struct token *who,
    const char *rest);
/* console.c: pages and their files, for everybody */
void console_serve(struct api *a, struct exchange *x, const struct token *who,
    const char *rest);
void board_serve(struct api *a, struct exchange *x, const struct token *who,
    const char *rest);
void console_file_serve(struct api *a, struct exchange *x,
    const struct token *who, const char *rest);
/* metrics.c: GET /metrics */
extern const struct metric_group gateway_metrics[];
void metrics_serve(struct api *a, struct exchange *x, const struct token *who,
    const char *rest);
/* health.c: GET /healthz and /readyz */
void healthz_serve(struct api *a, struct exchange *x, const struct token *who,
    const char *rest);
void readyz_serve(struct api *a, struct exchange *x, const struct token *who,
    const char *rest);

#endif
