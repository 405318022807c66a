/*
 * What a board has to show: short texts in UTF-8, each in a field with a name.
 * The configuration, `say`, the scenes and the painter keep to these limits.
 */
#ifndef COMMON_PICTURE_BOARD_H
#define COMMON_PICTURE_BOARD_H

#define BOARD_FIELDS_MAX 32 /* that are told at a time */
#define BOARD_TEXT_MAX 300  /* characters of a text */

#endif
