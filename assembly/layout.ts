/**
 * The memory map of the voice path: one chain of named regions, each with offset and size, in octets.
 * The WASM module and the host read the same file; a change of any number here changes `ABI_VERSION`.
 *
 *   header | constants | scratch | lanes | sine | endpoints | kernels | echo | jitter | RTP in | RTP out | events | rings |
 *   slots | jobs
 *
 * Words are 32-bit little-endian. "host writes" words belong to the thread that calls `tick`;
 * only the ring indices are shared with another thread while it runs, and those are atomic.
 */
export const ABI_VERSION = 5;

export const PAGE = 65536;
/** asconfig.json states the same number twice (initialMemory, maximumMemory). */
export const PAGES = 224;

/** Of narrowband, 8000 samples/s; wideband has twice as many. */
export const FRAME_SAMPLES = 160;
export const WIDE_SAMPLES = 320;
export const FRAME_MS = 20;

/** Endpoints 0 … MAX_RTP-1 are RTP streams, the rest USB channels. */
export const MAX_RTP = 64;
export const MAX_USB = 64;
export const MAX_ENDPOINTS = MAX_RTP + MAX_USB;

// Formats, as in CONTROL_FORMAT and in ring slots.
export const FORMAT_PCMU = 1;
export const FORMAT_PCMA = 2;
/** 16-bit linear, little-endian, 8000 samples/s: of devices. */
export const FORMAT_L16 = 3;
export const FORMAT_G722 = 4;
/** G.726 at 32 kbit/s, packed as RFC 3551 §4.5.4 has it: the first sample in the low bits. */
export const FORMAT_G726 = 5;
/** The same, packed as ITU-T I.366.2 Annex E (AAL2) has it: the first sample in the high bits. */
export const FORMAT_G726_AAL2 = 6;
/** 16-bit linear in network order, RFC 3551 §4.5.11, 8000 samples/s. */
export const FORMAT_L16_NETWORK = 7;
/** The same, 16000 samples/s. */
export const FORMAT_L16_NETWORK_WIDE = 8;
export const LAST_FORMAT = 8;
/** This one and those after it are the host's codecs, in the order of the table at HEADER_CODECS. */
export const FORMAT_PLUGIN = 16;
export const MAX_PLUGINS = 8;
/** Octets of a frame of the greediest format. */
export const MAX_FRAME_OCTETS = 640;

// ---- header -------------------------------------------------------------------------------------------------------
export const HEADER_OFFSET = 0;
export const HEADER_SIZE = 1024;
export const HEADER_VERSION = HEADER_OFFSET;
/** Endpoints in use: RTP streams 0 … n-1. */
export const HEADER_RTP = HEADER_OFFSET + 4;
/** USB channels MAX_RTP … MAX_RTP+n-1. */
export const HEADER_USB = HEADER_OFFSET + 8;
/** Depth of the jitter buffers, samples. */
export const HEADER_DEPTH = HEADER_OFFSET + 12;
/** Ticks done; the host's watchdog looks at it from another thread. */
export const HEADER_TICKS = HEADER_OFFSET + 16;
/** Packets refused because they are not RTP as RFC 3550 §5.1 has it, or of a payload type nobody negotiated. */
export const HEADER_MALFORMED = HEADER_OFFSET + 20;
/** Packets waiting in RTP in; the host fills, the tick empties. */
export const HEADER_RTP_IN = HEADER_OFFSET + 24;
/** Packets waiting in RTP out; the tick fills, the host empties. */
export const HEADER_RTP_OUT = HEADER_OFFSET + 28;
/** Events waiting; the tick fills, the host empties. */
export const HEADER_EVENTS = HEADER_OFFSET + 32;
/** Time at the tick in RTP units of 125 µs, for RTCP; counts with the ticks. */
export const HEADER_CLOCK = HEADER_OFFSET + 36;
/** Host writes: when the tick was due, µs of the monotonic clock modulo 2^32; frames of rings have such times, too. */
export const HEADER_DUE = HEADER_OFFSET + 40;

/** Host writes: what the codecs of the host are like; zero = there is none of this number. */
export const HEADER_CODECS = HEADER_OFFSET + 64;
export const CODEC_STRIDE = 16;
/** The most octets of 20 ms. */
export const CODEC_OCTETS = 0;
/** Samples of 20 ms, 160 or 320. */
export const CODEC_SAMPLES = 4;
/** Units of the RTP clock in 20 ms, 160 or 320. */
export const CODEC_UNITS = 8;
/** 1 when the codec makes up itself what was lost. */
export const CODEC_CONCEALS = 12;

// ---- constants: the compiler's (memory.data, StaticArray); asconfig.json states the offset again (memoryBase) --------
export const STATIC_OFFSET = HEADER_OFFSET + HEADER_SIZE;
export const STATIC_SIZE = 127 * 1024;

// ---- scratch: one frame being composed, and a payload being converted -----------------------------------------------
export const SCRATCH_OFFSET = STATIC_OFFSET + STATIC_SIZE;
export const SCRATCH_LINEAR = SCRATCH_OFFSET;
export const SCRATCH_LINEAR_SIZE = 8192;
export const SCRATCH_OCTETS = SCRATCH_LINEAR + SCRATCH_LINEAR_SIZE;
export const SCRATCH_OCTETS_SIZE = 8192;
export const SCRATCH_FLAGS = SCRATCH_OCTETS + SCRATCH_OCTETS_SIZE;
export const SCRATCH_FLAGS_SIZE = MAX_FRAME_OCTETS;
export const SCRATCH_SIZE = SCRATCH_LINEAR_SIZE + SCRATCH_OCTETS_SIZE + SCRATCH_FLAGS_SIZE;

// ---- lanes: jobs (state, from, to) that wait for the recursive codecs, four queues of eight ---------------------------
export const LANES_OFFSET = SCRATCH_OFFSET + SCRATCH_SIZE;
export const MAX_LANES = 8;
export const JOB_STRIDE = 12;
export const LANES_QUEUES = 4;
/** How many wait, one word a queue. */
export const LANES_WAITING = LANES_OFFSET;
export const LANES_QUEUE = 128;
export const LANES_JOBS = LANES_OFFSET + 64;
/** Octets of G.726 in the other packing, one frame a lane. */
export const LANES_OCTETS = LANES_JOBS + LANES_QUEUES * LANES_QUEUE;
export const LANES_SIZE = 64 + LANES_QUEUES * LANES_QUEUE + MAX_LANES * FRAME_SAMPLES;

// ---- sine: one period in 1024 steps of 16-bit samples, and the first step again ------------------------------------
export const SINE_OFFSET = LANES_OFFSET + LANES_SIZE;
export const SINE_STEPS = 1024;
export const SINE_SIZE = 2112;

// ---- endpoints ------------------------------------------------------------------------------------------------------
export const ENDPOINTS_OFFSET = SINE_OFFSET + SINE_SIZE;
/** Octets of one endpoint; the offsets below are within it. */
export const ENDPOINT_SIZE = 8192;
export const ENDPOINTS_SIZE = MAX_ENDPOINTS * ENDPOINT_SIZE;

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
/** The endpoint this one hears; -1 when joined to nobody. */
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
/** Host writes: 1 when a stream's sound is searched for fax tones. */
export const CONTROL_FAX = CONTROL_ECHO + 8;
/** Host writes: 1 when comfort noise is sent instead of a silent background (RFC 3389). */
export const CONTROL_QUIET = CONTROL_ECHO + 12;
export const CONTROL_SIZE = CONTROL_QUIET + 4;

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
export const JITTER_WINDOW_TICKS = STATE_OFFSET + 48;
export const JITTER_WINDOW_LATE = STATE_OFFSET + 52;
export const JITTER_WINDOW_LEAST = STATE_OFFSET + 56;

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
/** Frames in a row that came whole, up to FRAME_SLOTS: that many slots are the frames before. */
export const INPUT_RUN = STATE_OFFSET + 300;
/** 1 when somebody hears this endpoint as samples in this tick. */
export const INPUT_NEEDED = STATE_OFFSET + 304;
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
/** Where the octets go: payload of a packet, slot of a ring. */
export const OUT_TO = STATE_OFFSET + 328;
/** Tail that the echo canceller was opened with, ms. */
export const ECHO_TAIL = STATE_OFFSET + 332;
/** 1 while the key detector is open. */
export const KEYS_OPEN = STATE_OFFSET + 336;
export const FAX_OPEN = STATE_OFFSET + 340;
/** Ring position after the frame that the device played while it recorded the newest frame in; -1 = not known. */
export const RING_HEARD = STATE_OFFSET + 344;
/** 1 while the far end has said by comfort noise that it is silent (RFC 3389). */
export const NOISE_ON = STATE_OFFSET + 348;
/** Ticks since the background was told of last; 0 while somebody speaks. */
export const QUIET_TICKS = STATE_OFFSET + 352;
export const QUIET_OPEN = STATE_OFFSET + 356;
/** Octets of the newest frame that came, of a codec of the host. */
export const INPUT_LENGTH = STATE_OFFSET + 360;
export const STATE_SIZE = 364;

/** The last frames that came, coded: concealment looks back at them. */
export const FRAME_OCTETS = 768;
export const FRAME_SLOTS = 4;
export const FRAME_LINEAR = FRAME_OCTETS + FRAME_SLOTS * MAX_FRAME_OCTETS;
export const FRAME_OUT = FRAME_LINEAR + 2 * WIDE_SAMPLES;
export const FRAME_MESSAGE = FRAME_OUT + 2 * WIDE_SAMPLES;
export const MAX_MESSAGE = 512;

// ---- kernel states: one block an endpoint; the offsets are within it ---------------------------------------------------
export const KERNELS_OFFSET = ENDPOINTS_OFFSET + ENDPOINTS_SIZE;
export const KERNELS_STRIDE = 32768;
export const KERNELS_SIZE = MAX_ENDPOINTS * KERNELS_STRIDE;
// `open` refuses a build whose kernels have outgrown these.
export const KERNEL_DECODER = 0;
export const KERNEL_ENCODER = 1024;
export const KERNEL_CODEC_SIZE = 1024;
export const KERNEL_UP = 2048;
export const KERNEL_DOWN = 2560;
export const KERNEL_RATE_SIZE = 512;
export const KERNEL_NOISE = 3072;
export const KERNEL_NOISE_SIZE = 1024;
export const KERNEL_CONCEAL = 4096;
export const KERNEL_CONCEAL_SIZE = 8192;
export const KERNEL_KEYS = 12288;
export const KERNEL_KEYS_SIZE = 2048;
export const KERNEL_FAX = 14336;
export const KERNEL_FAX_SIZE = 1024;
/** Speech or background of what a stream sends: the detector, and what the background is like. */
export const KERNEL_VAD = 15360;
export const KERNEL_VAD_SIZE = 64;
export const KERNEL_BACKGROUND = 15424;
export const KERNEL_BACKGROUND_SIZE = 896;
/** What meter/bursts-counts.ts and meter/stream-counts.ts say. */
export const KERNEL_METER = 16384;
export const KERNEL_METER_SIZE = 128;

/** The device's clock, frames in and frames out (assembly/ring/drift.ts). */
export const KERNEL_DRIFT_IN = 20480;
export const KERNEL_DRIFT_OUT = 24576;
/** Of each of the two, after the kernel's state: 1 while frames are resampled, and for how many ticks they have been. */
export const DRIFT_ON = 1792;
export const DRIFT_TICKS = 1796;
/** Parts in 10^9 by which the device's clock is faster than ours; stays when the channel closes. */
export const DRIFT_KNOWN = 1800;
/** Of assembly/ring/timely.ts. */
export const DRIFT_STARTED = 1804;
export const DRIFT_SEEN = 1808;
export const DRIFT_EDGE = 1812;
export const DRIFT_LATE = 1816;
/** One frame of samples on its way to the device. */
export const DRIFT_FRAME = 2048;

// ---- echo: what each USB channel was sent lately, as samples, and its canceller's state -----------------------------------
export const ECHO_OFFSET = KERNELS_OFFSET + KERNELS_SIZE;
export const ECHO_FRAMES = 16;
export const ECHO_FAR = 0;
export const ECHO_STATE = ECHO_FRAMES * 2 * FRAME_SAMPLES;
export const ECHO_STRIDE = 65536;
export const ECHO_SIZE = MAX_USB * ECHO_STRIDE;

// ---- jitter buffers: a ring of octets addressed by RTP timestamp, and one flag for each --------------------------------
export const JITTER_OFFSET = ECHO_OFFSET + ECHO_SIZE;
/** 512 ms of the greediest format. */
export const JITTER_OCTETS = 16384;
export const JITTER_STRIDE = 2 * JITTER_OCTETS;
export const JITTER_SIZE = MAX_RTP * JITTER_STRIDE;

// ---- RTP in: slots of (endpoint, length, arrival in RTP units, 0, datagram) ------------------------------------------
export const RTP_IN_OFFSET = JITTER_OFFSET + JITTER_SIZE;
export const RTP_IN_SLOTS = 256;
export const RTP_IN_STRIDE = 1536;
export const RTP_IN_SIZE = RTP_IN_SLOTS * RTP_IN_STRIDE;
export const SLOT_ENDPOINT = 0;
export const SLOT_LENGTH = 4;
export const SLOT_ARRIVAL = 8;
export const SLOT_DATA = 16;
export const MAX_DATAGRAM = 1500;

// ---- RTP out: slots of (endpoint, length, 0, 0, packet) ---------------------------------------------------------------
export const RTP_OUT_OFFSET = RTP_IN_OFFSET + RTP_IN_SIZE;
export const RTP_OUT_SLOTS = MAX_RTP;
export const RTP_OUT_STRIDE = 704;
export const RTP_OUT_SIZE = RTP_OUT_SLOTS * RTP_OUT_STRIDE;

// ---- events: slots of (kind, endpoint, value, duration in ms) ----------------------------------------------------------
export const EVENTS_OFFSET = RTP_OUT_OFFSET + RTP_OUT_SIZE;
export const EVENTS_SLOTS = 256;
export const EVENTS_STRIDE = 16;
export const EVENTS_SIZE = EVENTS_SLOTS * EVENTS_STRIDE;
/** value = RFC 4733 event 0-15 */
export const EVENT_DIGIT = 1;
export const EVENT_DATA_SENT = 2;
/** value = ms without a packet */
export const EVENT_TIMEOUT = 3;

// ---- rings between the tick and the thread that does the USB transfers --------------------------------------------------
// Two a channel: 2n in (device -> gateway), 2n+1 out. One writer, one reader; indices run free and wrap at 2^32.
export const RINGS_OFFSET = EVENTS_OFFSET + EVENTS_SIZE;
export const RING_WRITTEN = 0;
export const RING_READ = 64;
export const RINGS_STRIDE = 128;
export const RINGS_SIZE = 2 * MAX_USB * RINGS_STRIDE;
export const SLOTS_OFFSET = RINGS_OFFSET + RINGS_SIZE;
export const RING_SLOTS = 8;
/**
 * (sequence, format, length, heard, time, octets); `heard`: of a frame in, the ring position after the frame out played
 * meanwhile; `time`: when the device gave or took the frame (out: until then when the tick was due), µs as HEADER_DUE.
 */
export const RING_SLOT_STRIDE = 352;
export const RING_SLOT_SEQUENCE = 0;
export const RING_SLOT_FORMAT = 4;
export const RING_SLOT_LENGTH = 8;
export const RING_SLOT_HEARD = 12;
export const RING_SLOT_TIME = 16;
export const RING_SLOT_DATA = 32;
export const RING_STRIDE = RING_SLOTS * RING_SLOT_STRIDE;
export const SLOTS_SIZE = 2 * MAX_USB * RING_STRIDE;

// ---- jobs: frames that wait for the codecs of the host, decoding and encoding -----------------------------------------
export const JOBS_OFFSET = SLOTS_OFFSET + SLOTS_SIZE;
/** How many wait. */
export const JOBS_DECODING = JOBS_OFFSET;
export const JOBS_ENCODING = JOBS_OFFSET + 4;
export const JOBS_DECODE = JOBS_OFFSET + 64;
/** Endpoint, format, 1 to begin afresh, address of the octets, how many (0 = lost; to encode: room), address of the samples. */
export const JOBS_STRIDE = 24;
export const JOBS_ENCODE = JOBS_DECODE + MAX_RTP * JOBS_STRIDE;
export const JOBS_SIZE = 64 + 2 * MAX_RTP * JOBS_STRIDE;
export const JOB_ENDPOINT = 0;
export const JOB_FORMAT = 4;
export const JOB_FRESH = 8;
export const JOB_OCTETS = 12;
export const JOB_LENGTH = 16;
export const JOB_SAMPLES = 20;

export const END = JOBS_OFFSET + JOBS_SIZE;
