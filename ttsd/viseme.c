#include "ttsd/viseme.h"
int viseme_of(const char *phoneme){(void)phoneme;return 0;}
const char *viseme_name(int viseme){(void)viseme;return "sil";}
