/*
 * Picture files, as far as it must be known of one before it is handed to a
 * library: which kind it is, and whether it is all there. The libraries take a
 * PNG or JPEG whose end is missing for one whose rest is clear or grey.
 *
 * Sources: PNG (Third Edition), 5.3; ITU-T T.81, annex B; RFC 9649, 2.4.
 */
#ifndef COMMON_PICTURE_IMAGE_FILE_H
#define COMMON_PICTURE_IMAGE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum image_file_kind {
	IMAGE_FILE_OTHER,
	IMAGE_FILE_PNG,
	IMAGE_FILE_JPEG,
	IMAGE_FILE_WEBP
};

/* Tells the kind by how the file begins. */
enum image_file_kind image_file_kind(const uint8_t *data, size_t len);

/* Is the end of the picture in it? What comes behind is no matter. False for
 * IMAGE_FILE_OTHER. */
bool image_file_is_whole(const uint8_t *data, size_t len);

#endif
