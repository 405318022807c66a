/*
 * From phonemes to mouth shapes, for lip-sync.
 *
 * The set is that of Oculus Lipsync: fifteen shapes, "sil PP FF TH DD kk CH
 * SS nn RR aa E ih oh ou", after the visemes of MPEG-4 face animation
 * (ISO/IEC 14496-2). It was chosen over the 22 numbers of SAPI and Azure
 * because it is what faces come with: avatars of VRChat and Ready Player Me,
 * rigs for Unity and Unreal, and (its vowels) VRM; because names explain
 * themselves in an event; and because it is made for all languages, whereas
 * SAPI's numbers are phonemes of English, diphthongs included. Source:
 * developers.meta.com/horizon/documentation/unity/audio-ovrlipsync-viseme-reference
 *
 * That page places a handful of English sounds. The others follow from how
 * they are made, as in the tables of Amazon Polly (docs.aws.amazon.com/polly,
 * "Phoneme and viseme tables"), so every letter of the IPA has a shape:
 *
 *	PP  both lips: p b m ɓ ɸ β ʙ
 *	FF  lip and teeth: f v ʋ ɱ
 *	TH  tongue and teeth: θ ð
 *	DD  stops and taps of the tip of the tongue: t d ʈ ɖ ɗ ɾ
 *	nn  its nasals and laterals: n ɲ ɳ l ɫ ɬ ɭ ʎ
 *	SS  s z      CH  ʃ ʒ ɕ ʑ ʂ ʐ      RR  r ɹ ɻ ɽ
 *	kk  behind: k ɡ c ɟ ç x ɣ ŋ q ɢ χ ʁ ʀ ħ ʕ h ʔ
 *	aa  open vowels: a ɑ æ ɐ ʌ        E  middle ones: e ɛ ə ɜ ɤ
 *	ih  close ones: i ɪ ɨ ɯ j         oh  round: o ɔ ɒ ø œ
 *	ou  round and close: u ʊ y ʏ ʉ w ɥ
 *
 * ɚ and ɝ are E, then RR.
 */
#ifndef TTSD_TEXT_VISEME_H
#define TTSD_TEXT_VISEME_H

#include <stddef.h>

#define VISEMES(X)    \
	X(SIL, "sil") \
	X(PP, "PP")   \
	X(FF, "FF")   \
	X(TH, "TH")   \
	X(DD, "DD")   \
	X(KK, "kk")   \
	X(CH, "CH")   \
	X(SS, "SS")   \
	X(NN, "nn")   \
	X(RR, "RR")   \
	X(AA, "aa")   \
	X(E, "E")     \
	X(IH, "ih")   \
	X(OH, "oh")   \
	X(OU, "ou")

enum viseme {
#define X(name, text) VISEME_##name,
	VISEMES(X)
#undef X
	    VISEME_COUNT
};

extern const char *const viseme_names[VISEME_COUNT];

/* One phoneme passes through at most so many shapes. */
#define VISEME_SEQUENCE_MAX 4

/* Finds the shapes of one phoneme in IPA, as espeak-ng reports it, in their
 * order, and returns how many. A diphthong has two ("aɪ": aa ih), an affricate
 * that of its sibilant ("tʃ": CH). They share the phoneme's time evenly.
 *
 * - Nothing, blanks and "_": a pause, sil.
 * - Stress, length, tones, accents and espeak's own marks change no shape.
 *   A phoneme of only such, or "(en)" (espeak-ng changes the language), has
 *   none: returns 0.
 * - Aspiration, a glottal stop and the like count where they are on their
 *   own.
 * - A letter that is not known is kk: the mouth a little open. */
size_t viseme_of(const char *ipa, enum viseme out[VISEME_SEQUENCE_MAX]);

#endif
