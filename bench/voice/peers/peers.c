/*
 * The kernels of others, behind one door: lines in, lines out.
 *
 *   run KERNEL FROM TO           all frames of FROM from a fresh state on, what comes out to TO: ok FRAMES
 *   load KERNEL FILE CHANNELS    what `time` works on (channel after channel), and fresh states: ok FRAMES
 *   time KERNEL PASSES CHANNELS  all frames of what is loaded, so many times over; each channel's frame of the same 20 ms
 *                                after the other: ok NANOSECONDS of processor time
 *
 * Anything else is answered `bad WHY`.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <spandsp.h>
#include <spandsp/expose.h>
#include <speex/speex_echo.h>
#include <speex/speex_resampler.h>

enum { TAPS_OF_MS = 8, MOST_OCTETS = 1280, PARTIES_3 = 3, PARTIES_8 = 8, MOST_CHANNELS = 8 };

/* A frame: `in` octets at `from` to `out` octets at `to`. */
struct kernel {
    const char *name;
    int in, out, option;
    void *(*open)(int option);
    void (*frame)(void *state, const uint8_t *from, uint8_t *to);
};

static void *open_g711(int law) { return g711_init(NULL, law); }

static void g711_enc(void *state, const uint8_t *from, uint8_t *to) {
    g711_encode(state, to, (const int16_t *)from, 160);
}

static void g711_dec(void *state, const uint8_t *from, uint8_t *to) {
    g711_decode(state, (int16_t *)to, from, 160);
}

static void *open_g722_enc(int rate) { return g722_encode_init(NULL, rate, 0); }
static void *open_g722_dec(int rate) { return g722_decode_init(NULL, rate, 0); }

static void g722_enc(void *state, const uint8_t *from, uint8_t *to) {
    g722_encode(state, to, (const int16_t *)from, 320);
}

static void g722_dec(void *state, const uint8_t *from, uint8_t *to) {
    g722_decode(state, (int16_t *)to, from, 160);
}

static void *open_g726(int coding) { return g726_init(NULL, 32000, coding, G726_PACKING_RIGHT); }

static void g726_enc(void *state, const uint8_t *from, uint8_t *to) {
    g726_encode(state, to, (const int16_t *)from, 160);
}

static void g726_dec(void *state, const uint8_t *from, uint8_t *to) {
    g726_decode(state, (int16_t *)to, from, 80);
}

static void *open_dtmf(int option) {
    (void)option;
    return dtmf_rx_init(NULL, NULL, NULL);
}

/* Out: up to 15 digits and a zero. */
static void dtmf(void *state, const uint8_t *from, uint8_t *to) {
    dtmf_rx(state, (const int16_t *)from, 160);
    memset(to, 0, 16);
    dtmf_rx_get(state, (char *)to, 15);
}

/* 350 and 440 Hz at -13 dBm0 each: the dial tone of North America. */
static void *open_tone(int option) {
    (void)option;
    tone_gen_descriptor_t *tone = tone_gen_descriptor_init(NULL, 350, -13, 440, -13, 10000, 0, 0, 0, 1);
    return tone_gen_init(NULL, tone);
}

static void tone(void *state, const uint8_t *from, uint8_t *to) {
    (void)from;
    tone_gen(state, (int16_t *)to, 160);
}

static void *open_plc(int option) {
    (void)option;
    return plc_init(NULL);
}

/* In: 20 ms that come and 20 ms that do not. */
static void plc_loss(void *state, const uint8_t *from, uint8_t *to) {
    memcpy(to, from, 320);
    plc_rx(state, (int16_t *)to, 160);
    plc_fillin(state, (int16_t *)to + 160, 160);
}

/* In: a frame of 10 ms; lost when its first sample is -32768. */
static void plc_stream(void *state, const uint8_t *from, uint8_t *to) {
    if (*(const int16_t *)from == -32768) {
        plc_fillin(state, (int16_t *)to, 160);
        return;
    }
    memcpy(to, from, 320);
    plc_rx(state, (int16_t *)to, 160);
}

static void plc_good(void *state, const uint8_t *from, uint8_t *to) {
    memcpy(to, from, 320);
    plc_rx(state, (int16_t *)to, 160);
}

static void *open_echo(int tail_ms) { return echo_can_init(tail_ms * TAPS_OF_MS, ECHO_CAN_USE_ADAPTION); }

/* In: far end, near end. */
static void echo(void *state, const uint8_t *from, uint8_t *to) {
    const int16_t *far = (const int16_t *)from, *near = far + 160;
    for (int n = 0; n < 160; n++) ((int16_t *)to)[n] = echo_can_update(state, far[n], near[n]);
}

static void *open_mdf(int tail_ms) {
    SpeexEchoState *state = speex_echo_state_init(160, tail_ms * TAPS_OF_MS);
    int rate = 8000;
    speex_echo_ctl(state, SPEEX_ECHO_SET_SAMPLING_RATE, &rate);
    return state;
}

static void mdf(void *state, const uint8_t *from, uint8_t *to) {
    speex_echo_cancellation(state, (const int16_t *)from + 160, (const int16_t *)from, (int16_t *)to);
}

static void *open_up(int quality) { return speex_resampler_init(1, 8000, 16000, quality, NULL); }
static void *open_down(int quality) { return speex_resampler_init(1, 16000, 8000, quality, NULL); }

static void resample_up(void *state, const uint8_t *from, uint8_t *to) {
    spx_uint32_t in = 160, out = 320;
    speex_resampler_process_int(state, 0, (const int16_t *)from, &in, (int16_t *)to, &out);
}

static void resample_down(void *state, const uint8_t *from, uint8_t *to) {
    spx_uint32_t in = 320, out = 160;
    speex_resampler_process_int(state, 0, (const int16_t *)from, &in, (int16_t *)to, &out);
}

/* No library mixes: what a C programmer writes. `option` parties, one frame of each behind the other. */
static void *open_mix(int parties) {
    int *state = malloc(sizeof(int));
    *state = parties;
    return state;
}

static void mix(void *state, const uint8_t *from, uint8_t *to) {
    int parties = *(int *)state;
    const int16_t *in = (const int16_t *)from;
    int16_t *out = (int16_t *)to;
    for (int n = 0; n < 160; n++) {
        int sum = 0;
        for (int p = 0; p < parties; p++) sum += in[p * 160 + n];
        for (int p = 0; p < parties; p++) out[p * 160 + n] = saturate(sum - in[p * 160 + n]);
    }
}

static const struct kernel kernels[] = {
    {"pcmu-encode", 320, 160, G711_ULAW, open_g711, g711_enc},
    {"pcmu-decode", 160, 320, G711_ULAW, open_g711, g711_dec},
    {"pcma-encode", 320, 160, G711_ALAW, open_g711, g711_enc},
    {"pcma-decode", 160, 320, G711_ALAW, open_g711, g711_dec},
    {"g722-encode", 640, 160, 64000, open_g722_enc, g722_enc},
    {"g722-decode", 160, 640, 64000, open_g722_dec, g722_dec},
    {"g726-encode", 320, 80, G726_ENCODING_LINEAR, open_g726, g726_enc},
    {"g726-decode", 80, 320, G726_ENCODING_LINEAR, open_g726, g726_dec},
    {"dtmf", 320, 16, 0, open_dtmf, dtmf},
    {"tone", 320, 320, 0, open_tone, tone},
    {"conceal-loss", 320, 640, 0, open_plc, plc_loss},
    {"conceal-stream", 320, 320, 0, open_plc, plc_stream},
    {"conceal-good", 320, 320, 0, open_plc, plc_good},
    {"echo-8", 640, 320, 8, open_echo, echo},
    {"echo-16", 640, 320, 16, open_echo, echo},
    {"echo-32", 640, 320, 32, open_echo, echo},
    {"echo-128", 640, 320, 128, open_echo, echo},
    {"mdf-8", 640, 320, 8, open_mdf, mdf},
    {"mdf-16", 640, 320, 16, open_mdf, mdf},
    {"mdf-32", 640, 320, 32, open_mdf, mdf},
    {"mdf-128", 640, 320, 128, open_mdf, mdf},
    {"up", 320, 640, 3, open_up, resample_up},
    {"down", 640, 320, 3, open_down, resample_down},
    {"mix-3", 960, 960, PARTIES_3, open_mix, mix},
    {"mix-8", 2560, 2560, PARTIES_8, open_mix, mix},
};

enum { KERNELS = sizeof kernels / sizeof kernels[0] };

/* What `time` works on: of each kernel, with one channel and with several. */
static struct load {
    void *states[MOST_CHANNELS];
    uint8_t *from, *to;
    /* Of each channel. */
    long frames;
} loads[KERNELS][2];

static uint8_t *read_file(const char *path, long *octets) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) return NULL;
    fseek(file, 0, SEEK_END);
    *octets = ftell(file);
    rewind(file);
    uint8_t *data = malloc(*octets + MOST_OCTETS);
    if (fread(data, 1, *octets, file) != (size_t)*octets) *octets = 0;
    fclose(file);
    return data;
}

static int index_of(const char *name) {
    for (int n = 0; n < KERNELS; n++)
        if (strcmp(kernels[n].name, name) == 0) return n;
    return -1;
}

static void load(int index, const char *path, int channels) {
    const struct kernel *kernel = &kernels[index];
    struct load *load = &loads[index][channels > 1];
    long octets = 0;
    free(load->from);
    free(load->to);
    load->to = NULL;
    load->frames = 0;
    load->from = read_file(path, &octets);
    if (load->from == NULL) {
        printf("bad no file\n");
        return;
    }
    load->frames = octets / kernel->in / channels;
    load->to = malloc(load->frames * channels * kernel->out + MOST_OCTETS);
    /* The states before are left: the libraries' ways to free one differ. */
    for (int channel = 0; channel < channels; channel++) load->states[channel] = kernel->open(kernel->option);
    printf("ok %ld\n", load->frames);
}

static void run(const struct kernel *kernel, const char *from, const char *to) {
    long octets = 0;
    uint8_t out[8 * MOST_OCTETS];
    uint8_t *data = read_file(from, &octets);
    FILE *file = fopen(to, "wb");
    if (data == NULL || file == NULL) {
        printf("bad no file\n");
        return;
    }
    void *state = kernel->open(kernel->option);
    long frames = octets / kernel->in;
    memset(out, 0, sizeof out);
    for (long n = 0; n < frames; n++) {
        kernel->frame(state, data + n * kernel->in, out);
        fwrite(out, 1, kernel->out, file);
    }
    fclose(file);
    free(data);
    printf("ok %ld\n", frames);
}

static int64_t processor_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void pass(const struct kernel *kernel, const struct load *load, int channels) {
    for (long n = 0; n < load->frames; n++)
        for (int channel = 0; channel < channels; channel++) {
            long frame = channel * load->frames + n;
            kernel->frame(load->states[channel], load->from + frame * kernel->in, load->to + frame * kernel->out);
        }
}

/* One pass more, before: what is timed finds its caches as it left them. */
static void time_passes(int index, long passes, int channels) {
    const struct load *load = &loads[index][channels > 1];
    pass(&kernels[index], load, channels);
    int64_t began = processor_ns();
    for (long n = 0; n < passes; n++) pass(&kernels[index], load, channels);
    printf("ok %lld\n", (long long)(processor_ns() - began));
}

static void obey(char *line) {
    char verb[16] = "", name[32] = "", from[1024] = "", to[1024] = "";
    int words = sscanf(line, "%15s %31s %1023s %1023s", verb, name, from, to);
    int index = index_of(name);
    int channels = atoi(to);
    if (words < 4 || index < 0) printf("bad no such kernel\n");
    else if (strcmp(verb, "run") == 0) run(&kernels[index], from, to);
    else if (channels < 1 || channels > MOST_CHANNELS) printf("bad so many channels\n");
    else if (strcmp(verb, "load") == 0) load(index, from, channels);
    else if (strcmp(verb, "time") == 0) time_passes(index, atol(from), channels);
    else printf("bad no such verb\n");
}

int main(void) {
    char line[4096];
    while (fgets(line, sizeof line, stdin) != NULL) {
        obey(line);
        fflush(stdout);
    }
    return 0;
}
