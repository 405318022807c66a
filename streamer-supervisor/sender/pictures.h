/* The question whether there is a picture. Who keeps them answers it. */
#ifndef STREAMER_SUPERVISOR_SENDER_PICTURES_H
#define STREAMER_SUPERVISOR_SENDER_PICTURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum picture_state {
	PICTURE_ABSENT, /* it cannot be had: sound alone is to be sent */
	PICTURE_COMING, /* it will be there in a moment: wait for it */
	PICTURE_SERVED, /* it is there, with the channel's sound */
};

/* Is the picture of [video VIDEO] with the sound of that channel to be had?
 * `*socket` is then the path of the socket that serves both, which lives until
 * the answer changes. senders_look() is due whenever one does. */
struct pictures {
	enum picture_state (*find)(void *arg, const char *channel,
	    const char *video, const char **socket);
	/* Writes why it is held back, though there may be one; "" where it is
	 * not. */
	void (*explain)(void *arg, const char *video, char *out, size_t size);
	/* Has that process begun to read it? `*first_sample` is then the
	 * channel's sample that is the process's time 0. */
	bool (*reader)(
	    void *arg, const char *video, int64_t pid, uint64_t *first_sample);
	void *arg;
};

#endif
