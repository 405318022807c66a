#ifndef TTSD_VISEME_H
#define TTSD_VISEME_H
int viseme_of(const char *phoneme);
const char *viseme_name(int viseme);
#endif
