/*
 * Which language each part of a text is to be spoken in: `language: auto`.
 *
 * A text is cut into runs by the script of its letters. The caller hands in
 * the languages that it speaks, in order of preference ("en" or
 * "de,uk,yue"); a script is spoken in the first of them that is written in
 * it, and else in the script's own language of the table below. So a channel
 * with language `uk` speaks Cyrillic as Ukrainian, one with `fr` speaks
 * Latin as French, and any other Cyrillic is Russian.
 *
 * The rule, such that few voices take turns and none of them has to read
 * what it cannot:
 *
 * 1. Letters of a script start a run of its language. (One Greek letter on
 *    its own is a sign: "5 Ω".)
 * 2. Digits, signs, blanks and *codes* have no language of their own. A code
 *    is a Latin word of at most two letters ("A", "km"), of at most five
 *    letters with a digit ("A023", "COVID-19"), or of at most five without a
 *    small letter ("VIP", "USB-C"), unless it is part of a phrase: two words
 *    of two or more letters side by side, or any word beside one that is no
 *    code ("Plan B", "NO EXIT").
 * 3. What has no language is spoken with what stands before it, at the start
 *    of the text with what follows. Between two languages, what stands after
 *    the last end of a sentence goes with what follows; where there is none,
 *    what stands after the last blank ("Go to 3号窗口": "3号窗口" is Chinese).
 * 4. Han is Chinese or Japanese. Chinese: a run with a character that
 *    Japanese has not. Else a sentence with Kana is Japanese, and one with
 *    such a character Chinese; else the same is asked of the whole text; else
 *    it is the first of the caller's languages that is written in Han; else
 *    Mandarin.
 *
 * "请A023号到3号窗口" is one run of cmn. "请到3号窗口。Please go to window 3.
 * 3番窓口へどうぞ。" is cmn, en, ja.
 *
 * An engine need not have a voice for every tag that comes out of here (Lao,
 * say): the caller then speaks the run with its own default voice.
 */
#ifndef TTSD_TEXT_SCRIPT_H
#define TTSD_TEXT_SCRIPT_H

#include <stddef.h>
#include <stdint.h>

#include "common/text/language.h"

/* Name, ISO 15924 code, the language it is spoken in. */
#define SCRIPTS(X)                  \
	X(LATIN, "latn", "en")      \
	X(GREEK, "grek", "el")      \
	X(CYRILLIC, "cyrl", "ru")   \
	X(ARMENIAN, "armn", "hy")   \
	X(HEBREW, "hebr", "he")     \
	X(ARABIC, "arab", "ar")     \
	X(THAANA, "thaa", "dv")     \
	X(DEVANAGARI, "deva", "hi") \
	X(BENGALI, "beng", "bn")    \
	X(GURMUKHI, "guru", "pa")   \
	X(GUJARATI, "gujr", "gu")   \
	X(ORIYA, "orya", "or")      \
	X(TAMIL, "taml", "ta")      \
	X(TELUGU, "telu", "te")     \
	X(KANNADA, "knda", "kn")    \
	X(MALAYALAM, "mlym", "ml")  \
	X(SINHALA, "sinh", "si")    \
	X(THAI, "thai", "th")       \
	X(LAO, "laoo", "lo")        \
	X(TIBETAN, "tibt", "bo")    \
	X(MYANMAR, "mymr", "my")    \
	X(GEORGIAN, "geor", "ka")   \
	X(HANGUL, "kore", "ko")     \
	X(ETHIOPIC, "ethi", "am")   \
	X(CHEROKEE, "cher", "chr")  \
	X(KHMER, "khmr", "km")      \
	X(MONGOLIAN, "mong", "mn")  \
	X(KANA, "jpan", "ja")       \
	X(BOPOMOFO, "bopo", "cmn")  \
	X(HAN, "hani", "cmn")

enum script {
	SCRIPT_NONE, /* signs, digits, marks, and scripts without a row */
#define X(name, code, language) SCRIPT_##name,
	SCRIPTS(X)
#undef X
	    SCRIPT_COUNT
};

enum script script_of(uint32_t cp);

/* A text has at most so many runs; further changes of language stay in the last
 * one. */
#define SCRIPT_RUNS_MAX 1000

struct script_run {
	size_t offset, len; /* bytes */
	char language[LANGUAGE_MAX + 1];
};

struct script_runs {
	struct script_run *runs;
	size_t count;
};

/* Cuts a text; the runs follow each other without a gap and are all of it,
 * no two neighbours have the same language, and a text of length 0 has none.
 * `languages` are tags, parted by commas; NULL, "", and tags that are too
 * long count as nothing. Malformed UTF-8 counts as signs. Fails with ERR_NOMEM,
 * and `out` is empty. */
int script_split(const char *text, size_t len, const char *languages,
    struct script_runs *out);
void script_runs_done(struct script_runs *r);

#endif
