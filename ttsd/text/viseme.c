#include "ttsd/text/viseme.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "common/utf8.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

const char *const viseme_names[VISEME_COUNT] = {
#define X(name, text) [VISEME_##name] = text,
	VISEMES(X)
#undef X
};

/* The table is sorted. Capitals are the ASCII names that espeak-ng falls back
 * to where a phoneme of a language has no IPA. A `minor` letter counts only on
 * its own. */
/* clang-format off */
static const struct shape {
	uint16_t letter;
	uint8_t viseme;
	bool minor;
} shapes[] = {
	{ 0x003f, VISEME_KK, true }, /* ? */
	{ 0x0040, VISEME_E, false }, /* @ */
	{ 0x0041, VISEME_AA, false }, /* A */
	{ 0x0043, VISEME_KK, false }, /* C */
	{ 0x0044, VISEME_TH, false }, /* D */
	{ 0x0045, VISEME_E, false }, /* E */
	{ 0x0046, VISEME_FF, false }, /* F */
	{ 0x0048, VISEME_KK, false }, /* H */
	{ 0x0049, VISEME_IH, false }, /* I */
	{ 0x004a, VISEME_IH, false }, /* J */
	{ 0x004b, VISEME_NN, false }, /* K */
	{ 0x004c, VISEME_NN, false }, /* L */
	{ 0x004e, VISEME_KK, false }, /* N */
	{ 0x004f, VISEME_OH, false }, /* O */
	{ 0x0051, VISEME_KK, false }, /* Q */
	{ 0x0052, VISEME_RR, false }, /* R */
	{ 0x0053, VISEME_CH, false }, /* S */
	{ 0x0054, VISEME_TH, false }, /* T */
	{ 0x0055, VISEME_OU, false }, /* U */
	{ 0x0056, VISEME_FF, false }, /* V */
	{ 0x0057, VISEME_OU, false }, /* W */
	{ 0x0058, VISEME_KK, false }, /* X */
	{ 0x0059, VISEME_OU, false }, /* Y */
	{ 0x005a, VISEME_CH, false }, /* Z */
	{ 0x0061, VISEME_AA, false }, /* a */
	{ 0x0062, VISEME_PP, false }, /* b */
	{ 0x0063, VISEME_KK, false }, /* c */
	{ 0x0064, VISEME_DD, false }, /* d */
	{ 0x0065, VISEME_E, false }, /* e */
	{ 0x0066, VISEME_FF, false }, /* f */
	{ 0x0067, VISEME_KK, false }, /* g */
	{ 0x0068, VISEME_KK, false }, /* h */
	{ 0x0069, VISEME_IH, false }, /* i */
	{ 0x006a, VISEME_IH, false }, /* j */
	{ 0x006b, VISEME_KK, false }, /* k */
	{ 0x006c, VISEME_NN, false }, /* l */
	{ 0x006d, VISEME_PP, false }, /* m */
	{ 0x006e, VISEME_NN, false }, /* n */
	{ 0x006f, VISEME_OH, false }, /* o */
	{ 0x0070, VISEME_PP, false }, /* p */
	{ 0x0071, VISEME_KK, false }, /* q */
	{ 0x0072, VISEME_RR, false }, /* r */
	{ 0x0073, VISEME_SS, false }, /* s */
	{ 0x0074, VISEME_DD, false }, /* t */
	{ 0x0075, VISEME_OU, false }, /* u */
	{ 0x0076, VISEME_FF, false }, /* v */
	{ 0x0077, VISEME_OU, false }, /* w */
	{ 0x0078, VISEME_KK, false }, /* x */
	{ 0x0079, VISEME_OU, false }, /* y */
	{ 0x007a, VISEME_SS, false }, /* z */
	{ 0x00e3, VISEME_AA, false }, /* ã */
	{ 0x00e4, VISEME_AA, false }, /* ä */
	{ 0x00e6, VISEME_AA, false }, /* æ */
	{ 0x00e7, VISEME_KK, false }, /* ç */
	{ 0x00f0, VISEME_TH, false }, /* ð */
	{ 0x00f5, VISEME_OH, false }, /* õ */
	{ 0x00f6, VISEME_OH, false }, /* ö */
	{ 0x00f8, VISEME_OH, false }, /* ø */
	{ 0x00fc, VISEME_OU, false }, /* ü */
	{ 0x0127, VISEME_KK, false }, /* ħ */
	{ 0x0129, VISEME_IH, false }, /* ĩ */
	{ 0x014b, VISEME_KK, false }, /* ŋ */
	{ 0x0153, VISEME_OH, false }, /* œ */
	{ 0x0169, VISEME_OU, false }, /* ũ */
	{ 0x01c0, VISEME_TH, false }, /* ǀ */
	{ 0x01c1, VISEME_NN, false }, /* ǁ */
	{ 0x01c2, VISEME_CH, false }, /* ǂ */
	{ 0x01c3, VISEME_KK, false }, /* ǃ */
	{ 0x0250, VISEME_AA, false }, /* ɐ */
	{ 0x0251, VISEME_AA, false }, /* ɑ */
	{ 0x0252, VISEME_OH, false }, /* ɒ */
	{ 0x0253, VISEME_PP, false }, /* ɓ */
	{ 0x0254, VISEME_OH, false }, /* ɔ */
	{ 0x0255, VISEME_CH, false }, /* ɕ */
	{ 0x0256, VISEME_DD, false }, /* ɖ */
	{ 0x0257, VISEME_DD, false }, /* ɗ */
	{ 0x0258, VISEME_E, false }, /* ɘ */
	{ 0x0259, VISEME_E, false }, /* ə */
	{ 0x025a, VISEME_E, false }, /* ɚ */
	{ 0x025b, VISEME_E, false }, /* ɛ */
	{ 0x025c, VISEME_E, false }, /* ɜ */
	{ 0x025d, VISEME_E, false }, /* ɝ */
	{ 0x025e, VISEME_OH, false }, /* ɞ */
	{ 0x025f, VISEME_KK, false }, /* ɟ */
	{ 0x0260, VISEME_KK, false }, /* ɠ */
	{ 0x0261, VISEME_KK, false }, /* ɡ */
	{ 0x0262, VISEME_KK, false }, /* ɢ */
	{ 0x0263, VISEME_KK, false }, /* ɣ */
	{ 0x0264, VISEME_E, false }, /* ɤ */
	{ 0x0265, VISEME_OU, false }, /* ɥ */
	{ 0x0266, VISEME_KK, false }, /* ɦ */
	{ 0x0267, VISEME_KK, false }, /* ɧ */
	{ 0x0268, VISEME_IH, false }, /* ɨ */
	{ 0x0269, VISEME_IH, false }, /* ɩ */
	{ 0x026a, VISEME_IH, false }, /* ɪ */
	{ 0x026b, VISEME_NN, false }, /* ɫ */
	{ 0x026c, VISEME_NN, false }, /* ɬ */
	{ 0x026d, VISEME_NN, false }, /* ɭ */
	{ 0x026e, VISEME_NN, false }, /* ɮ */
	{ 0x026f, VISEME_IH, false }, /* ɯ */
	{ 0x0270, VISEME_KK, false }, /* ɰ */
	{ 0x0271, VISEME_FF, false }, /* ɱ */
	{ 0x0272, VISEME_NN, false }, /* ɲ */
	{ 0x0273, VISEME_NN, false }, /* ɳ */
	{ 0x0274, VISEME_KK, false }, /* ɴ */
	{ 0x0275, VISEME_OH, false }, /* ɵ */
	{ 0x0276, VISEME_OH, false }, /* ɶ */
	{ 0x0278, VISEME_PP, false }, /* ɸ */
	{ 0x0279, VISEME_RR, false }, /* ɹ */
	{ 0x027a, VISEME_NN, false }, /* ɺ */
	{ 0x027b, VISEME_RR, false }, /* ɻ */
	{ 0x027d, VISEME_RR, false }, /* ɽ */
	{ 0x027e, VISEME_DD, false }, /* ɾ */
	{ 0x0280, VISEME_KK, false }, /* ʀ */
	{ 0x0281, VISEME_KK, false }, /* ʁ */
	{ 0x0282, VISEME_CH, false }, /* ʂ */
	{ 0x0283, VISEME_CH, false }, /* ʃ */
	{ 0x0284, VISEME_KK, false }, /* ʄ */
	{ 0x0288, VISEME_DD, false }, /* ʈ */
	{ 0x0289, VISEME_OU, false }, /* ʉ */
	{ 0x028a, VISEME_OU, false }, /* ʊ */
	{ 0x028b, VISEME_FF, false }, /* ʋ */
	{ 0x028c, VISEME_AA, false }, /* ʌ */
	{ 0x028d, VISEME_OU, false }, /* ʍ */
	{ 0x028e, VISEME_NN, false }, /* ʎ */
	{ 0x028f, VISEME_OU, false }, /* ʏ */
	{ 0x0290, VISEME_CH, false }, /* ʐ */
	{ 0x0291, VISEME_CH, false }, /* ʑ */
	{ 0x0292, VISEME_CH, false }, /* ʒ */
	{ 0x0294, VISEME_KK, true }, /* ʔ */
	{ 0x0295, VISEME_KK, false }, /* ʕ */
	{ 0x0298, VISEME_PP, false }, /* ʘ */
	{ 0x0299, VISEME_PP, false }, /* ʙ */
	{ 0x029b, VISEME_KK, false }, /* ʛ */
	{ 0x029c, VISEME_KK, false }, /* ʜ */
	{ 0x029d, VISEME_KK, false }, /* ʝ */
	{ 0x029f, VISEME_NN, false }, /* ʟ */
	{ 0x02a2, VISEME_KK, false }, /* ʢ */
	{ 0x02a3, VISEME_SS, false }, /* ʣ */
	{ 0x02a4, VISEME_CH, false }, /* ʤ */
	{ 0x02a5, VISEME_CH, false }, /* ʥ */
	{ 0x02a6, VISEME_SS, false }, /* ʦ */
	{ 0x02a7, VISEME_CH, false }, /* ʧ */
	{ 0x02a8, VISEME_CH, false }, /* ʨ */
	{ 0x02b0, VISEME_KK, true }, /* ʰ */
	{ 0x02b1, VISEME_KK, true }, /* ʱ */
	{ 0x02b2, VISEME_IH, true }, /* ʲ */
	{ 0x02b4, VISEME_RR, true }, /* ʴ */
	{ 0x02b7, VISEME_OU, true }, /* ʷ */
	{ 0x02de, VISEME_RR, true }, /* ˞ */
	{ 0x02e0, VISEME_KK, true }, /* ˠ */
	{ 0x02e1, VISEME_NN, true }, /* ˡ */
	{ 0x02e4, VISEME_KK, true }, /* ˤ */
	{ 0x03a6, VISEME_PP, false }, /* Φ */
	{ 0x03b2, VISEME_PP, false }, /* β */
	{ 0x03b5, VISEME_E, false }, /* ε */
	{ 0x03b8, VISEME_TH, false }, /* θ */
	{ 0x03c7, VISEME_KK, false }, /* χ */
	{ 0x1d00, VISEME_AA, false }, /* ᴀ */
	{ 0x1d50, VISEME_PP, true }, /* ᵐ */
	{ 0x1d51, VISEME_KK, true }, /* ᵑ */
	{ 0x1d5d, VISEME_PP, true }, /* ᵝ */
	{ 0x1d7b, VISEME_IH, false }, /* ᵻ */
	{ 0x1d7f, VISEME_OU, false }, /* ᵿ */
	{ 0x1d91, VISEME_DD, false }, /* ᶑ */
	{ 0x1ebd, VISEME_E, false }, /* ẽ */
	{ 0x207f, VISEME_NN, true }, /* ⁿ */
	{ 0x2c71, VISEME_FF, false }, /* ⱱ */
};
/* clang-format on */

static const struct shape *
find_shape(uint32_t cp)
{
	size_t lo = 0, hi = COUNT_OF(shapes), mid;

	while (lo < hi) {
		mid = (lo + hi) / 2;
		if (shapes[mid].letter == cp)
			return &shapes[mid];
		if (cp < shapes[mid].letter)
			hi = mid;
		else
			lo = mid + 1;
	}
	return NULL;
}

/* Is the character a mark: an accent, stress, length, a tone, a tie, or a sign
 * or digit with which espeak-ng tells its phonemes apart? */
static bool
is_mark(uint32_t cp)
{
	static const uint16_t ranges[][2] = { { 0, '@' - 1 }, { '[', '`' },
		{ '{', 0xbf }, { 0x02b0, 0x036f }, { 0x1ab0, 0x1aff },
		{ 0x1d2c, 0x1d6a }, { 0x1d9b, 0x1dff }, { 0x2000, 0x209c },
		{ 0x2190, 0x21ff }, { 0xa700, 0xa71f } };
	size_t i;

	for (i = 0; i < COUNT_OF(ranges); i++)
		if (cp >= ranges[i][0] && cp <= ranges[i][1])
			return true;
	return false;
}

struct sequence {
	enum viseme *out;
	size_t count;
};

static void
viseme_append(struct sequence *s, enum viseme v)
{
	enum viseme last = s->count ? s->out[s->count - 1] : VISEME_SIL;

	if (s->count > 0 && last == v)
		return;
	/* The lips of an affricate wait for its sibilant. */
	if (s->count > 0 && last == VISEME_DD &&
	    (v == VISEME_CH || v == VISEME_SS))
		s->count--;
	if (s->count < VISEME_SEQUENCE_MAX)
		s->out[s->count++] = v;
}

/* Adds the shapes of letters, or with `minor` those of what else has one. */
static void
add_shapes(struct sequence *s, const char *ipa, size_t len, bool minor)
{
	const struct shape *shape;
	uint32_t cp;
	size_t n;

	for (; len > 0; ipa += n, len -= n) {
		n = utf8_decode(ipa, len, &cp);
		if (n == 0) {
			n = 1;
			continue;
		}
		shape = find_shape(cp);
		/* An "h" behind another letter is aspiration. */
		if (cp == 'h' && s->count > 0)
			continue;
		if (shape && shape->minor == minor) {
			viseme_append(s, shape->viseme);
			/* A vowel that is r-coloured is both. */
			if (cp == 0x025a || cp == 0x025d)
				viseme_append(s, VISEME_RR);
		} else if (shape == NULL && !minor && !is_mark(cp)) {
			viseme_append(s, VISEME_KK);
		}
	}
}

size_t
viseme_of(const char *ipa, enum viseme out[VISEME_SEQUENCE_MAX])
{
	struct sequence s = { out, 0 };
	size_t len = strlen(ipa);

	if (strspn(ipa, " \t\r\n_:|") == len) {
		viseme_append(&s, VISEME_SIL);
		return s.count;
	}
	if (ipa[0] == '(')
		return 0;
	add_shapes(&s, ipa, len, false);
	if (s.count == 0)
		add_shapes(&s, ipa, len, true);
	return s.count;
}
