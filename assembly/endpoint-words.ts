/**
 * The words and frames within an endpoint's block of the memory map (layout.ts): offsets in octets. Control words are the
 * host's to write, state is the tick's.
 */
import { MAX_FRAME_OCTETS, MAX_WIDE_SAMPLES } from "./layout.ts";

/** Host writes: 1 while the endpoint is open. */
export const CONTROL_OPEN = 0;
/** Host writes: changes when a closed endpoint opens; the next tick then starts the endpoint afresh. */
export const CONTROL_SESSION = 4;
export const CONTROL_FORMAT = 8;
/** RTP payload type of the voice. */
export const CONTROL_PAYLOAD_TYPE = 12;
/** RTP payload type of telephone events, -1 when not negotiated. */
export const CONTROL_EVENT_TYPE = 16;
/** 1 = we send, 2 = we play what is received, 3 = both. */
export const CONTROL_DIRECTION = 20;
export const DIRECTION_SEND = 1;
export const DIRECTION_RECEIVE = 2;
/** 1 when the far end's address is known. */
export const CONTROL_REMOTE = 24;
/** The endpoint this one hears; MAX_ENDPOINTS + n when it is in conference n; -1 when joined to nobody. */
export const CONTROL_PEER = 28;
/** Silence of the network before EVENT_TIMEOUT, ms. */
export const CONTROL_TIMEOUT = 32;
export const CONTROL_SSRC = 36;
export const CONTROL_FIRST_SEQUENCE = 40;
export const CONTROL_FIRST_TIMESTAMP = 44;

/** Host writes: changes with every tone command. */
export const TONE_SERIAL = 48;
/** Sines that sound together, 0 = no tone. */
export const TONE_COMPONENTS = 52;
/** Lengths in the cadence; 0 = continuous. */
export const TONE_SEGMENTS = 56;
export const MAX_COMPONENTS = 4;
export const MAX_SEGMENTS = 16;
/** Phase per sample, of 2^32. */
export const TONE_INCREMENTS = 64;
/** Peak, of 32768. */
export const TONE_AMPLITUDES = TONE_INCREMENTS + 4 * MAX_COMPONENTS;
/** on, off, on … in samples. */
export const TONE_CADENCE = TONE_AMPLITUDES + 4 * MAX_COMPONENTS;

/** Host writes: changes with every message to modulate. */
export const DATA_SERIAL = TONE_CADENCE + 4 * MAX_SEGMENTS;
/** Octets of the message at FRAME_MESSAGE. */
export const DATA_LENGTH = DATA_SERIAL + 4;
export const DATA_MARK_INCREMENT = DATA_SERIAL + 8;
export const DATA_SPACE_INCREMENT = DATA_SERIAL + 12;
export const DATA_BAUD_INCREMENT = DATA_SERIAL + 16;
export const DATA_AMPLITUDE = DATA_SERIAL + 20;
export const DATA_SEIZURE_BITS = DATA_SERIAL + 24;
export const DATA_MARK_BITS = DATA_SERIAL + 28;

/** Host writes: keys queued so far; the queue is a ring of MAX_DIGITS words (event | samples << 8). */
export const DIGITS_WRITTEN = DATA_SERIAL + 32;
export const MAX_DIGITS = 32;
export const DIGITS_QUEUE = DIGITS_WRITTEN + 4;
/** Host writes: echo of a channel's line to be cancelled, ms; 0 = none. */
export const CONTROL_ECHO = DIGITS_QUEUE + 4 * MAX_DIGITS;
/** Host writes: 1 when the sound of the channel's keys is taken out. */
export const CONTROL_MUTE_KEYS = CONTROL_ECHO + 4;
/** Host writes: 1 while a channel's sound, and what it is sent, is searched for fax tones. */
export const CONTROL_FAX = CONTROL_ECHO + 8;
/** Host writes: 1 when comfort noise is sent instead of a silent background (RFC 3389). */
export const CONTROL_QUIET = CONTROL_ECHO + 12;
/** Host writes: 1 while this is voice-band data (ITU-T V.152): nothing is made up, and the jitter buffer keeps its depth. */
export const CONTROL_VBD = CONTROL_ECHO + 16;
/** Host writes: changes when the far end of an open stream moves to another address. */
export const CONTROL_NETWORK = CONTROL_ECHO + 20;
/** Host writes: 1 + the ring of the file that is played to the endpoint; 0 = none is. */
export const CONTROL_PLAY = CONTROL_ECHO + 24;
/** Host writes: frames that a packet to the far end may have, 0 like 1; PACKET_OF_HALF = half a frame. */
export const CONTROL_PACKET = CONTROL_ECHO + 28;
export const PACKET_OF_HALF = -1;
export const CONTROL_SIZE = CONTROL_PACKET + 4;

// State of the tick; the host reads some of it for status and RTCP.
export const STATE_OFFSET = 384;
export const STATE_SESSION = STATE_OFFSET;
export const STATE_FORMAT = STATE_OFFSET + 4;
/** What is known of the newest frame in: INPUT_ bits. */
export const INPUT_KIND = STATE_OFFSET + 8;
export const INPUT_SILENCE = 0;
/** Its octets are in the slot INPUT_SLOT. */
export const INPUT_CODED = 1;
/** Its samples are at FRAME_LINEAR, at the format's rate. */
export const INPUT_LINEAR = 2;
/** Nothing came: it has to be made up. */
export const INPUT_LOST = 4;
/** The far end is silent and says so: comfort noise. */
export const INPUT_NOISE = 8;
export const INPUT_FORMAT = STATE_OFFSET + 12;
/** Frames in a row that had to be concealed. */
export const INPUT_MISSES = STATE_OFFSET + 16;
/** Mean square of the last frame in that was seen as samples. */
export const INPUT_POWER = STATE_OFFSET + 20;

export const JITTER_STARTED = STATE_OFFSET + 24;
/** RTP timestamp of the next sample to play. */
export const JITTER_PLAYOUT = STATE_OFFSET + 28;
/** RTP timestamp after the newest sample received. */
export const JITTER_NEWEST = STATE_OFFSET + 32;
export const JITTER_TICK_LATE = STATE_OFFSET + 36;
export const JITTER_TICK_TIMELY = STATE_OFFSET + 40;
export const JITTER_LATE_TICKS = STATE_OFFSET + 44;
/** Octets of the ring that are in use, less one: a power of two. */
export const JITTER_MASK = STATE_OFFSET + 48;
/** 1 once a packet has come that is no whole frame, or lies elsewhere than frames are played. */
export const JITTER_PARTS = STATE_OFFSET + 52;

/** Octets of this tick's packet after which it is parted in two; 0 = it is not. */
export const OUT_SPLIT = STATE_OFFSET + 56;

// RFC 3550 A.1, A.3, A.8
export const METER_STARTED = STATE_OFFSET + 60;
export const METER_SSRC = STATE_OFFSET + 64;
export const METER_BASE_SEQUENCE = STATE_OFFSET + 68;
export const METER_MAX_SEQUENCE = STATE_OFFSET + 72;
export const METER_CYCLES = STATE_OFFSET + 76;
export const METER_BAD_SEQUENCE = STATE_OFFSET + 80;
/** Packets since the source began; of all sources of the session in METER_TOTAL. */
export const METER_RECEIVED = STATE_OFFSET + 84;
export const METER_TRANSIT = STATE_OFFSET + 88;
/** Interarrival jitter in samples, times 16. */
export const METER_JITTER = STATE_OFFSET + 92;
export const METER_TOTAL = STATE_OFFSET + 96;
/** Lost of sources that ended within the session. */
export const METER_LOST_BEFORE = STATE_OFFSET + 100;
/** Packets (USB: frames) that came too late or too early to be kept. */
export const METER_LATE = STATE_OFFSET + 104;
export const METER_DUPLICATES = STATE_OFFSET + 108;
/** Frames made up because none was there. */
export const METER_CONCEALED = STATE_OFFSET + 112;
/** USB: frames missing in the sequence. */
export const METER_GAPS = STATE_OFFSET + 116;

export const SEND_SEQUENCE = STATE_OFFSET + 120;
export const SEND_TIMESTAMP = STATE_OFFSET + 124;
export const SEND_PACKETS = STATE_OFFSET + 128;
export const SEND_OCTETS = STATE_OFFSET + 132;
export const SEND_MARKER = STATE_OFFSET + 136;

export const SILENT_MS = STATE_OFFSET + 140;
export const SILENT_TOLD = STATE_OFFSET + 144;

// Telephone event being received (RFC 4733).
export const KEY_ACTIVE = STATE_OFFSET + 148;
export const KEY_KNOWN = STATE_OFFSET + 152;
export const KEY_EVENT = STATE_OFFSET + 156;
export const KEY_TIMESTAMP = STATE_OFFSET + 160;
export const KEY_DURATION = STATE_OFFSET + 164;
export const KEY_BEFORE = STATE_OFFSET + 168;
export const KEY_QUIET_TICKS = STATE_OFFSET + 172;

// Digit being sent.
export const DIGITS_READ = STATE_OFFSET + 176;
export const DIGIT_STATE = STATE_OFFSET + 180;
export const DIGIT_EVENT = STATE_OFFSET + 184;
export const DIGIT_DURATION = STATE_OFFSET + 188;
export const DIGIT_ELAPSED = STATE_OFFSET + 192;
export const DIGIT_TIMESTAMP = STATE_OFFSET + 196;
export const DIGIT_ENDS = STATE_OFFSET + 200;
export const DIGIT_PHASES = STATE_OFFSET + 204;

// Tone being played.
export const TONE_SEEN = STATE_OFFSET + 212;
export const TONE_SEGMENT = STATE_OFFSET + 216;
export const TONE_LEFT = STATE_OFFSET + 220;
export const TONE_PHASES = STATE_OFFSET + 224;

// Message being modulated.
export const DATA_SEEN = STATE_OFFSET + 240;
export const DATA_ACTIVE = STATE_OFFSET + 244;
export const DATA_BIT = STATE_OFFSET + 248;
export const DATA_BIT_PHASE = STATE_OFFSET + 252;
export const DATA_PHASE = STATE_OFFSET + 256;

// USB ring in.
export const RING_PRIMED = STATE_OFFSET + 260;
export const RING_SEQUENCE = STATE_OFFSET + 264;
export const RING_WINDOW_TICKS = STATE_OFFSET + 268;
export const RING_WINDOW_LEAST = STATE_OFFSET + 272;
export const RING_FRAMES_IN = STATE_OFFSET + 276;
export const RING_FRAMES_OUT = STATE_OFFSET + 280;
export const RING_DRY = STATE_OFFSET + 284;

/** RTP timestamp after the last sample of this source that was played; meaningful while JITTER_PLAYED is 1. */
export const JITTER_PLAYED = STATE_OFFSET + 288;
export const JITTER_PLAYED_TO = STATE_OFFSET + 292;

/** Which of the slots at FRAME_OCTETS holds the newest frame that came. */
export const INPUT_SLOT = STATE_OFFSET + 296;
/** Frames in a row that came whole, up to 80 ms: that many slots are the frames before. */
export const INPUT_RUN = STATE_OFFSET + 300;
/** 1 when somebody hears this endpoint as samples in this tick; NEEDED_BY_TAP when nothing but a recording does. */
export const INPUT_NEEDED = STATE_OFFSET + 304;
export const NEEDED_BY_TAP = 2;
/** 1 while a gap has been concealed and the next frame has to be joined to it. */
export const CONCEAL_SEAM = STATE_OFFSET + 308;
/** 1 while the concealment knows the frame before this one. */
export const CONCEAL_WARM = STATE_OFFSET + 312;
/** 1 while the decoder has had every frame up to the one before. */
export const DECODER_WARM = STATE_OFFSET + 316;
export const ENCODER_WARM = STATE_OFFSET + 320;

/** What goes out in this tick: OUT_… */
export const OUT_KIND = STATE_OFFSET + 324;
export const OUT_NOTHING = 0;
/** The peer's octets as they are. */
export const OUT_PASS = 1;
/** The samples at FRAME_OUT, 8000 a second: a tone, a key, data. */
export const OUT_LOCAL = 2;
/** The peer's samples. */
export const OUT_PEER = 3;
export const OUT_SILENT = 4;
/** The peer's frame is missing, and the far end conceals it. */
export const OUT_LOST = 5;
/** The other parties of the endpoint's conference: the samples at FRAME_OUT, at the rate of what goes out. */
export const OUT_MIX = 6;
/** A file, at the same place. */
export const OUT_PLAY = 7;
/** The rest of a frame of several ticks that has gone or is missing as a whole. */
export const OUT_PASSED = 8;
/** Where the octets go: payload of a packet, slot of a ring. */
export const OUT_TO = STATE_OFFSET + 328;
/** Tail that the echo canceller was opened with, ms. */
export const ECHO_TAIL = STATE_OFFSET + 332;
/** 1 while the key detector is open. */
export const KEYS_OPEN = STATE_OFFSET + 336;
/** 1 while the fax detectors are open. */
export const FAX_OPEN = STATE_OFFSET + 340;
/** Ring position after the frame that the device played while it recorded the newest frame in; -1 = not known. */
export const RING_HEARD = STATE_OFFSET + 344;
/** 1 while the far end has said by comfort noise that it is silent (RFC 3389). */
export const NOISE_ON = STATE_OFFSET + 348;
/** Ticks since the background was told of last; 0 while somebody speaks. */
export const QUIET_TICKS = STATE_OFFSET + 352;
export const QUIET_OPEN = STATE_OFFSET + 356;
/** Octets of the newest frame that came, of a codec of the host; of two in one tick the first. 0 = it was lost. */
export const INPUT_LENGTH = STATE_OFFSET + 360;
/** What only a recording heard: the tick after which, times 4, and 1 when the decoder was warm, 2 when the concealment was. */
export const TAP_KEPT = STATE_OFFSET + 364;
/** Format of the frames at FRAME_WAITING, which wait for those with which they make a packet, 0 = none; and when they begin. */
export const WAITING_FORMAT = STATE_OFFSET + 368;
export const WAITING_TIMESTAMP = STATE_OFFSET + 372;
/** 1 when the jitter buffer left a frame out before this one, until the seam has been smoothed. */
export const INPUT_SPLICE = STATE_OFFSET + 376;
/** How many frames wait at FRAME_WAITING. */
export const WAITING_FRAMES = STATE_OFFSET + 380;
/** Octets of the second of two frames in one tick, which lie at FRAME_SECOND; 0 = it was lost. */
export const INPUT_SECOND = STATE_OFFSET + 384;
/** Host writes: of which of the two the samples are there, 1 and 2. */
export const INPUT_HALVES = STATE_OFFSET + 388;
/** Part of a frame of several ticks that is sent next; 0 = none has been begun. */
export const OUT_PART = STATE_OFFSET + 392;
/** 1 when the stream's frames are heard as samples alone: its sound may be made longer or shorter (jitter/scale.ts). */
export const SCALE_HEARD = STATE_OFFSET + 396;
/** 1 when in this tick somebody takes the octets as they are, or would. */
export const INPUT_PASSES = STATE_OFFSET + 400;
/** Samples decoded, and not yet heard, at the rate of INPUT_FORMAT: less than a frame and 15 ms. */
export const SCALE_LEFT = STATE_OFFSET + 404;
/** Time since the sound was made longer or shorter last, 125 µs. */
export const SCALE_RESTED = STATE_OFFSET + 408;
/** The loudest frame heard of late, mean square. */
export const SCALE_LOUDEST = STATE_OFFSET + 412;
/** Source of the packet after which METER_BAD_SEQUENCE would come. */
export const METER_BAD_SSRC = STATE_OFFSET + 416;
export const STATE_SIZE = 420;

/** The last 80 ms that came, coded: concealment looks back at them. Frames of 10 ms have twice as many slots, half as long. */
export const FRAME_OCTETS = 832;
export const FRAME_SLOTS = 4;
/** Of a codec of the host with frames half as long as the tick's: the second one. */
export const FRAME_SECOND = FRAME_OCTETS + MAX_FRAME_OCTETS / 2;
export const FRAME_LINEAR = FRAME_OCTETS + FRAME_SLOTS * MAX_FRAME_OCTETS;
export const FRAME_OUT = FRAME_LINEAR + 2 * MAX_WIDE_SAMPLES;
export const FRAME_MESSAGE = FRAME_OUT + 2 * MAX_WIDE_SAMPLES;
export const MAX_MESSAGE = 512;
/** Coded frames that wait for the rest of their packet. */
export const FRAME_WAITING = FRAME_MESSAGE + MAX_MESSAGE;
