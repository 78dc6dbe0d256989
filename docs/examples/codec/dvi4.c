/*
 * DVI4 (RFC 3551 §4.5.1, IMA ADPCM) at 8000 samples/s as a codec of Offhook: 84 octets in 20 ms; with -DFRAME_MS=10 or 30
 * frames of as much.
 *
 *   clang --target=wasm32 -O2 -ffreestanding -nostdlib -Wl,--no-entry -Wl,-z,stack-size=8192 -o dvi4.wasm dvi4.c
 */
#define EXPORT(name) __attribute__((export_name(#name)))

#ifndef FRAME_MS
#define FRAME_MS 20
#endif

enum { RATE = 8000, HEADER = 4, FRAME_OCTETS = HEADER + RATE / 1000 * FRAME_MS / 2 };

struct state {
  int predicted;
  int index;
};

static const short steps[89] = {
    7,     8,     9,     10,    11,    12,    13,    14,    16,    17,    19,    21,    23,    25,    28,
    31,    34,    37,    41,    45,    50,    55,    60,    66,    73,    80,    88,    97,    107,   118,
    130,   143,   157,   173,   190,   209,   230,   253,   279,   307,   337,   371,   408,   449,   494,
    544,   598,   658,   724,   796,   876,   963,   1060,  1166,  1282,  1411,  1552,  1707,  1878,  2066,
    2272,  2499,  2749,  3024,  3327,  3660,  4026,  4428,  4871,  5358,  5894,  6484,  7132,  7845,  8630,
    9493,  10442, 11487, 12635, 13899, 15289, 16818, 18500, 20350, 22385, 24623, 27086, 29794, 32767};

static const signed char moves[8] = {-1, -1, -1, -1, 2, 4, 6, 8};

static int clamp(int value, int least, int most) { return value < least ? least : value > most ? most : value; }

/* One code of four bits changes the state; both sides do it alike. */
static void follow(struct state *state, int code) {
  int step = steps[state->index];
  int change = step >> 3;
  if (code & 4) change += step;
  if (code & 2) change += step >> 1;
  if (code & 1) change += step >> 2;
  state->predicted = clamp(state->predicted + (code & 8 ? -change : change), -32768, 32767);
  state->index = clamp(state->index + moves[code & 7], 0, 88);
}

static int choose(const struct state *state, int sample) {
  int step = steps[state->index];
  int left = sample - state->predicted;
  int code = left < 0 ? 8 : 0;
  if (left < 0) left = -left;
  for (int bit = 4; bit > 0; bit >>= 1, step >>= 1) {
    if (left < step) continue;
    code |= bit;
    left -= step;
  }
  return code;
}

EXPORT(codec_abi) int codec_abi(void) { return 1; }
EXPORT(codec_sample_rate) int codec_sample_rate(void) { return RATE; }
EXPORT(codec_clock_rate) int codec_clock_rate(void) { return RATE; }
EXPORT(codec_frame_ms) int codec_frame_ms(void) { return FRAME_MS; }
EXPORT(codec_frame_octets) int codec_frame_octets(void) { return FRAME_OCTETS; }
EXPORT(codec_state) int codec_state(int direction) {
  (void)direction;
  return sizeof(struct state);
}

EXPORT(codec_name) int codec_name(char *name) {
  static const char own[] = "DVI4";
  for (unsigned n = 0; n < sizeof own - 1; n++) name[n] = own[n];
  return sizeof own - 1;
}

/* The gateway gives zeroed states. */
EXPORT(encode_open) void encode_open(struct state *state) { (void)state; }
EXPORT(decode_open) void decode_open(struct state *state) { (void)state; }

EXPORT(encode)
int encode(struct state *state, const short *samples, int count, unsigned char *octets, int room) {
  if (room < HEADER + count / 2) return 0;
  octets[0] = (unsigned char)(state->predicted >> 8);
  octets[1] = (unsigned char)state->predicted;
  octets[2] = (unsigned char)state->index;
  octets[3] = 0;
  for (int n = 0; n < count; n += 2) {
    int first = choose(state, samples[n]);
    follow(state, first);
    int second = choose(state, samples[n + 1]);
    follow(state, second);
    octets[HEADER + n / 2] = (unsigned char)(first << 4 | second);
  }
  return HEADER + count / 2;
}

EXPORT(decode)
int decode(struct state *state, const unsigned char *octets, int length, short *samples, int room) {
  if (length != FRAME_OCTETS || octets[2] > 88 || room < 2 * (length - HEADER)) return 0;
  state->predicted = (short)(octets[0] << 8 | octets[1]);
  state->index = octets[2];
  for (int n = 0; n < length - HEADER; n++) {
    follow(state, octets[HEADER + n] >> 4);
    samples[2 * n] = (short)state->predicted;
    follow(state, octets[HEADER + n] & 15);
    samples[2 * n + 1] = (short)state->predicted;
  }
  return 2 * (length - HEADER);
}
