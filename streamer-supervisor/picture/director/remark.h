/*
 * What the painter tells on its standard error, line by line
 * (painter/report.h), and what of it is for the operator. Pure.
 */
#ifndef STREAMER_SUPERVISOR_PICTURE_DIRECTOR_REMARK_H
#define STREAMER_SUPERVISOR_PICTURE_DIRECTOR_REMARK_H

#include "common/log.h"
#include "streamer-supervisor/painter/layout/reports.h"

#define REMARK_TEXT_MAX 512

struct remark {
	enum remark_kind {
		REMARK_USES,    /* `uses`; nothing to log */
		REMARK_TROUBLE, /* with `what` */
		REMARK_MENDED,  /* `what` is well, or well again */
		REMARK_OTHER,
	} kind;
	unsigned uses; /* enum use of painter/layout/uses.h */
	enum report what;
	enum log_level level;
	char text[REMARK_TEXT_MAX + 1]; /* for the log; UTF-8 */
};

/* Any text is fine; what is no report stands as it is. */
void remark_read(struct remark *r, const char *line);

#endif
