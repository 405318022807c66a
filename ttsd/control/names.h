/*
 * Names in a configuration that only others know. The system knows folders and
 * programs. Engines know: voices and languages of channels, voices of
 * [language] sections, and the clips of beds; and for --check-config, for which
 * ttsd does not stay off the air, those of messages and schedules. Engines tell
 * which they have when they run.
 */
#ifndef TTSD_CONTROL_NAMES_H
#define TTSD_CONTROL_NAMES_H

#include "common/conf/conf.h"
#include "ttsd/pool/engine.h"

/* The engines of a configuration, in its order. */
struct names {
	const struct conf *conf;
	struct engine *const *engines;
	bool of_texts; /* of messages and schedules, too */
};

/* Blames the folder of clips, and the program of an engine that a channel or a
 * language is spoken by, where the system does not know it. Needs no engine. */
int names_check_files(const struct conf *conf, struct conf_error *e);

/* Starts those engines that the names are of. */
void names_start(const struct names *n);

/* Asks them. VOICE_UNKNOWN: `e` blames the name; VOICE_NOT_YET: one that is not
 * known yet to be wrong waits for an engine. An engine that fails knows
 * everything. */
enum engine_voice names_check(const struct names *n, struct conf_error *e);

/* The same, for --check-config: starts the engines to ask them, and ends them
 * again. Blames an engine that fails, too, and keys that are not there. */
int names_prove(const struct conf *conf, struct conf_error *e);
/* The same, for the trial of a new configuration: as at a start, an engine that
 * fails, or does not tell in time, is trusted. */
int names_try(const struct conf *conf, struct conf_error *e);

#endif
