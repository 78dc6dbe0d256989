/**
 * The memory map of the voice path: one chain of named regions, each with offset and size, in octets.
 * The WASM module and the host read the same file; a change of any number here changes `ABI_VERSION`.
 *
 *   header | constants | scratch | lanes | sine | endpoints | kernels | echo | jitter | RTP in | RTP out | events | rings |
 *   slots | jobs | conferences | taps
 *
 * Words are 32-bit little-endian. "host writes" words belong to the thread that calls `tick`;
 * only the ring indices are shared with another thread while it runs, and those are atomic.
 */
export const ABI_VERSION = 8;

export const PAGE = 65536;
/** asconfig.json states the same number twice (initialMemory, maximumMemory). */
export const PAGES = 224;

/** The longest frame, 20 ms, for which there is room; HEADER_FRAME has the true one. At 8000 samples/s, and at 16000. */
export const MAX_FRAME_SAMPLES = 160;
export const MAX_WIDE_SAMPLES = 320;

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
/** Depth of the jitter buffers at the beginning, samples. */
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
/** Samples of a frame at 8000 samples/s: 80 (10 ms) or 160. */
export const HEADER_FRAME = HEADER_OFFSET + 44;

/** Host writes: endpoints that are in a conference. */
export const HEADER_PARTIES = HEADER_OFFSET + 48;
/** The bounds within which the jitter buffers follow the network, samples. */
export const HEADER_DEPTH_LEAST = HEADER_OFFSET + 52;
export const HEADER_DEPTH_MOST = HEADER_OFFSET + 56;
/** Host writes: endpoints that are recorded. */
export const HEADER_TAPPED = HEADER_OFFSET + 60;

/** Host writes: what the codecs of the host are like; zero = there is none of this number. */
export const HEADER_CODECS = HEADER_OFFSET + 64;
export const CODEC_STRIDE = 32;
/** The most octets of one of its frames. */
export const CODEC_OCTETS = 0;
/** 1 when it has 16000 samples a second. */
export const CODEC_WIDE = 4;
/** Units of the RTP clock in a frame of the tick. */
export const CODEC_UNITS = 8;
/** 1 when the codec makes up itself what was lost. */
export const CODEC_CONCEALS = 12;
/** A frame of its own: samples at 8000 a second (80, 160 or 240), and units of the RTP clock. */
export const CODEC_TIME = 16;
export const CODEC_FRAME_UNITS = 20;
/** Host writes: how much before or after it is due a tick may begin, µs: 0 by the clock. */
export const HEADER_WINDOW = HEADER_CODECS + MAX_PLUGINS * CODEC_STRIDE;

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
export const LANES_SIZE = 64 + LANES_QUEUES * LANES_QUEUE + MAX_LANES * MAX_FRAME_SAMPLES;

// ---- sine: one period in 1024 steps of 16-bit samples, and the first step again ------------------------------------
export const SINE_OFFSET = LANES_OFFSET + LANES_SIZE;
export const SINE_STEPS = 1024;
export const SINE_SIZE = 2112;

// ---- endpoints ------------------------------------------------------------------------------------------------------
export const ENDPOINTS_OFFSET = SINE_OFFSET + SINE_SIZE;
/** Octets of one endpoint; endpoint-words.ts has the offsets within it. */
export const ENDPOINT_SIZE = 8192;
export const ENDPOINTS_SIZE = MAX_ENDPOINTS * ENDPOINT_SIZE;

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
/** Two fax detectors of a channel: of what it sends, and of what it is sent. */
export const KERNEL_FAX = 14336;
export const KERNEL_FAX_SENT = 14848;
export const KERNEL_FAX_SIZE = 512;
/** After the detector's state: what was told, a bit for each tone. */
export const FAX_TOLD = 496;
/** Speech or background of what a stream sends: the detector, and what the background is like. */
export const KERNEL_VAD = 15360;
export const KERNEL_VAD_SIZE = 64;
export const KERNEL_BACKGROUND = 15424;
export const KERNEL_BACKGROUND_SIZE = 896;
/** What meter/bursts-counts.ts and meter/stream-counts.ts say. */
export const KERNEL_METER = 16384;
export const KERNEL_METER_SIZE = 144;
/** What the jitter buffer knows of the network: jitter/depth-words.ts. */
export const KERNEL_JITTER = 17408;
export const KERNEL_JITTER_SIZE = 256;

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
/** Of 20 ms, or twice as many. */
export const ECHO_FRAMES = 16;
export const ECHO_FAR = 0;
export const ECHO_STATE = ECHO_FRAMES * 2 * MAX_FRAME_SAMPLES;
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
/** Two for each stream: a frame may be sent in two packets. */
export const RTP_OUT_SLOTS = 2 * MAX_RTP;
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
/** value = 1 CNG, 2 CED, 3 ANSam or phase reversals; | 256 when the channel was sent it */
export const EVENT_FAX = 4;
export const FAX_SENT = 256;

// ---- rings between the tick and the thread that does the USB transfers --------------------------------------------------
// Two a channel: 2n in (device -> gateway), 2n+1 out. One writer, one reader; indices run free and wrap at 2^32.
export const RINGS_OFFSET = EVENTS_OFFSET + EVENTS_SIZE;
export const RING_WRITTEN = 0;
export const RING_READ = 64;
export const RINGS_STRIDE = 128;
export const RINGS_SIZE = 2 * MAX_USB * RINGS_STRIDE;
export const SLOTS_OFFSET = RINGS_OFFSET + RINGS_SIZE;
/** Of 20 ms; twice as many, each half as long, when frames are. */
export const RING_SLOTS = 8;
/**
 * (sequence, format, length, heard, time, octets); `heard`: of a frame in, the ring position after the frame out played
 * meanwhile; `time`: when the device gave or took the frame (out: until then when the tick was due), µs as HEADER_DUE.
 */
export const RING_SLOT_STRIDE = 384;
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
/**
 * Endpoint, format, 1 to begin afresh, address of the octets, how many (0 = lost; to encode: room), address of the samples,
 * which part of the codec's frame these are when it takes several ticks.
 */
export const JOBS_STRIDE = 28;
export const JOBS_ENCODE = JOBS_DECODE + MAX_RTP * JOBS_STRIDE;
export const JOBS_SIZE = 64 + 2 * MAX_RTP * JOBS_STRIDE;
export const JOB_ENDPOINT = 0;
export const JOB_FORMAT = 4;
export const JOB_FRESH = 8;
export const JOB_OCTETS = 12;
export const JOB_LENGTH = 16;
export const JOB_SAMPLES = 20;
export const JOB_PART = 24;

// ---- conferences: who is in each in this tick, and its two limiters; then what one conference is mixed from ------------------
export const CONFERENCES_OFFSET = (JOBS_OFFSET + JOBS_SIZE + 63) & ~63;
/** An endpoint whose CONTROL_PEER is MAX_ENDPOINTS + n is in conference n. */
export const MAX_CONFERENCES = 8;
export const MAX_PARTIES = 16;
/** How many are in it, and how many of them something comes from. */
export const CONFERENCE_PARTIES = 0;
export const CONFERENCE_SPEAKERS = 4;
/** Their indices. */
export const CONFERENCE_LIST = 16;
/** Of assembly/mix/mix.ts: of who hears 8000 samples a second, and of who hears 16000. */
export const CONFERENCE_NARROW = 128;
export const CONFERENCE_MIX_SIZE = 1344;
export const CONFERENCE_WIDE = CONFERENCE_NARROW + CONFERENCE_MIX_SIZE;
export const CONFERENCE_STRIDE = CONFERENCE_WIDE + CONFERENCE_MIX_SIZE;
/** Addresses of what each party says and of where what it hears goes, and frames at the other rate. */
export const MIX_PARTS = CONFERENCES_OFFSET + MAX_CONFERENCES * CONFERENCE_STRIDE;
export const MIX_OUTS = MIX_PARTS + 4 * MAX_PARTIES;
export const MIX_FRAMES = MIX_OUTS + 4 * MAX_PARTIES;
export const CONFERENCES_SIZE =
  MAX_CONFERENCES * CONFERENCE_STRIDE + 8 * MAX_PARTIES + MAX_PARTIES * 2 * MAX_WIDE_SAMPLES;

// ---- taps: rings of samples to and from files (tap/layout.ts), and what the tick keeps of each --------------------------------
export const TAPS_OFFSET = (CONFERENCES_OFFSET + CONFERENCES_SIZE + 63) & ~63;
/** Recordings and players at a time. */
export const MAX_TAPS = 8;
/** Two seconds of two channels at 16 kHz. */
export const TAP_SAMPLES = 65536;
/** Host writes: the endpoint that is recorded to this ring, and 1; 0 = none is. */
export const TAP_ENDPOINT = 0;
/** Host writes: 1 when the file has 16000 samples a second. */
export const TAP_WIDE = 4;
/** Resamplers of the two channels, and frames of them at the file's rate. */
export const TAP_RATES = 64;
export const TAP_FRAMES = TAP_RATES + 2 * KERNEL_RATE_SIZE;
export const TAP_RING = TAP_FRAMES + 2 * 2 * MAX_WIDE_SAMPLES;
export const TAP_STRIDE = TAP_RING + 192 + 2 * TAP_SAMPLES;
export const TAPS_SIZE = MAX_TAPS * TAP_STRIDE;

export const END = TAPS_OFFSET + TAPS_SIZE;
