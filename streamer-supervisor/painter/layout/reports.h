/* What the painter tells of that it is well, or not. Pure. */
#ifndef STREAMER_SUPERVISOR_PAINTER_LAYOUT_REPORTS_H
#define STREAMER_SUPERVISOR_PAINTER_LAYOUT_REPORTS_H

#define REPORTS(X)            \
	X(LAYOUT, "layout")   \
	X(IMAGE, "image")     \
	X(LOGO, "logo")       \
	X(DRAWING, "drawing") \
	X(SCENE, "scene")

enum report {
#define X(name, text) REPORT_##name,
	REPORTS(X)
#undef X
	    REPORT_COUNT
};

#endif
