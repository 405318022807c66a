/*
 * A whole `picture` program in the fake world, with a ttsd and a source of
 * frames that the test plays, and viewers that take the stream apart: what its
 * simulations begin with.
 */
#ifndef TESTS_SIM_STAGE_H
#define TESTS_SIM_STAGE_H

#include "streamer-supervisor/picture/picture.h"
#include "tests/fake/fake.h"

#define STAGE_SIDE 16 /* of its frames, which are square */
#define STAGE_FRAME_BYTES (STAGE_SIDE * STAGE_SIDE * 3 / 2)
#define STAGE_RATE 24000
#define STAGE_FPS 25
#define STAGE_STEP_MS 20 /* of sound, that comes at a time */
#define STAGE_SLATE 16   /* luma of what is seen until there is a picture */
#define STAGE_SOCKET "/fake/picture.sock"
#define STAGE_RAW "/fake/raw.sock"
/* The sample at which ttsd says that it begins. */
#define STAGE_FIRST 480000

struct stage {
	struct loop *loop;
	struct picture_settings settings;
	struct picture *picture;
	struct stream *told;  /* the link to ttsd's events; NULL: none */
	struct stream *sound; /* the audio socket; NULL: not read */
	bool says_nothing;    /* ttsd knows no such channel */
	/* It refuses subscriptions with a lead, and so many of the others. */
	bool refuses_leads;
	unsigned refuses;
	char asked[512]; /* the subscription that it was asked for last */
	bool subscribed; /* and that was granted */
	uint64_t sent;   /* samples over the present `sound` */
	struct process *source; /* that was spawned last; NULL: none is alive */
	unsigned spawned;
	/* Who looks whether a painter's files change; NULL: nobody. */
	struct process *lookout;
};

/* Begins a world with a ttsd on air and a picture; `change` may change its
 * settings before it begins. NULL: nothing is changed. */
void stage_begin(struct stage *st, void (*change)(struct stage *st));
/* Ends the picture, checks that nothing is left, and ends the world. */
void stage_end(struct stage *st);

/* Has ttsd come on air, or go. */
void stage_ttsd(struct stage *st, bool up);
/* Has its sound come, before it answers at its control socket. */
void stage_sound_alone(struct stage *st);
/* Has ttsd tell an event; in `event`, ' stands for ". */
void stage_tell(struct stage *st, const char *event);

/* Lets so much time pass with sound, 20 ms at a time; stage_sample() says what
 * is heard. Where nobody reads it, time passes all the same. */
void stage_run(struct stage *st, unsigned ms);
int16_t stage_sample(uint64_t n);

/* Write Y4M: a header, and a frame of that luma; `parameter`: " Xscene=1". */
void stage_header(struct stream *to, unsigned side);
void stage_frame(struct stream *to, uint8_t luma, const char *parameter);

/* ---- viewers ---------------------------------------------------------- */

struct viewer {
	struct stream *peer;
	bool begun;        /* the header was taken */
	uint64_t samples;  /* of sound */
	bool is_exact;     /* each was what ttsd sent, none left out */
	uint64_t origin;   /* the first one, of those over `sound` */
	unsigned pictures; /* frames that came */
	uint8_t luma;      /* of the last */
	uint64_t tick;     /* the time of the last */
	bool is_steady;    /* each frame came one frame behind the last */
	unsigned changes;  /* of luma */
};

/* Connects; ends the test where there is no stream. */
void viewer_open(struct viewer *v);
/* Takes what has come; ends the test where that is no stream of blocks. */
void viewer_look(struct viewer *v);
void viewer_close(struct viewer *v);

#endif
