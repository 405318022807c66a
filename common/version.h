#ifndef COMMON_VERSION_H
#define COMMON_VERSION_H

#define TTSD_VERSION "0.1.0"

#endif
