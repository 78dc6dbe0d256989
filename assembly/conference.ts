/**
 * Conferences in the tick: every party hears the sum of the others (mix/mix.ts). Who hears 8000 samples a second hears
 * them all at that rate, who hears 16000 hears wideband from those who have it; so each voice changes its rate once at
 * most, and only when somebody hears it at the other one. A party from whom nothing comes, or comfort noise, costs nothing.
 */
import { endpointAt, kernelAt, nextOpen, usbEnd } from "./endpoint.ts";
import {
  CONTROL_PEER,
  FRAME_LINEAR,
  FRAME_OUT,
  INPUT_FORMAT,
  INPUT_KIND,
  INPUT_NEEDED,
  INPUT_NOISE,
  INPUT_SILENCE,
  OUT_KIND,
  OUT_MIX,
} from "./endpoint-words.ts";
import { isWide } from "./format.ts";
import { frameSamples, frameShift, wideSamples } from "./frame-time.ts";
import {
  CONFERENCE_LIST,
  CONFERENCE_NARROW,
  CONFERENCE_PARTIES,
  CONFERENCE_SPEAKERS,
  CONFERENCE_STRIDE,
  CONFERENCE_WIDE,
  CONFERENCES_OFFSET,
  HEADER_PARTIES,
  KERNEL_DOWN,
  KERNEL_UP,
  MAX_CONFERENCES,
  MAX_ENDPOINTS,
  MAX_PARTIES,
  MAX_WIDE_SAMPLES,
  MIX_FRAMES,
  MIX_OUTS,
  MIX_PARTS,
} from "./layout.ts";
import { mixFrame } from "./mix/mix.ts";
import { HALVED } from "./mix/state.ts";
import { down } from "./rate/down.ts";
import { up } from "./rate/up.ts";
import { formatOut } from "./ring/drift-out.ts";

/** Who is in which conference, and that those who speak are to be decoded. After the frames in are there. */
export function gatherConferences(): void {
  if (load<i32>(HEADER_PARTIES) == 0) return;
  for (let n = 0; n < MAX_CONFERENCES; n++) {
    store<i32>(conferenceAt(n), 0, CONFERENCE_PARTIES);
    store<i32>(conferenceAt(n), 0, CONFERENCE_SPEAKERS);
  }
  for (let i = nextOpen(0); i < usbEnd(); i = nextOpen(i + 1)) {
    const n = load<i32>(endpointAt(i), CONTROL_PEER) - MAX_ENDPOINTS;
    if (u32(n) < u32(MAX_CONFERENCES)) addParty(conferenceAt(n), i);
  }
  for (let n = 0; n < MAX_CONFERENCES; n++) needSpeakers(conferenceAt(n));
}

/** Whether anything comes from somebody else in the conference that an endpoint's CONTROL_PEER says. */
export function hearsConference(who: i32, endpoint: usize): bool {
  const n = who - MAX_ENDPOINTS;
  if (u32(n) >= u32(MAX_CONFERENCES)) return false;
  return load<i32>(conferenceAt(n), CONFERENCE_SPEAKERS) > i32(speaks(endpoint));
}

/** Writes what each listener hears to its FRAME_OUT. After everybody's samples are there. */
export function mixConferences(): void {
  if (load<i32>(HEADER_PARTIES) == 0) return;
  for (let n = 0; n < MAX_CONFERENCES; n++) {
    const conference = conferenceAt(n);
    if (load<i32>(conference, CONFERENCE_SPEAKERS) == 0) continue;
    mixAtRate(conference, conference + CONFERENCE_NARROW, false);
    mixAtRate(conference, conference + CONFERENCE_WIDE, true);
  }
}

function conferenceAt(n: i32): usize {
  return usize(CONFERENCES_OFFSET) + usize(n) * CONFERENCE_STRIDE;
}

function partyOf(conference: usize, party: i32): i32 {
  return load<i32>(conference + usize(party << 2), CONFERENCE_LIST);
}

/** The host lets in no more than there is room for. */
function addParty(conference: usize, index: i32): void {
  const parties = load<i32>(conference, CONFERENCE_PARTIES);
  if (parties >= MAX_PARTIES) return;
  store<i32>(conference + usize(parties << 2), index, CONFERENCE_LIST);
  store<i32>(conference, parties + 1, CONFERENCE_PARTIES);
}

function needSpeakers(conference: usize): void {
  const parties = load<i32>(conference, CONFERENCE_PARTIES);
  if (parties < 2) return;
  let speakers = 0;
  for (let party = 0; party < parties; party++) {
    const endpoint = endpointAt(partyOf(conference, party));
    if (!speaks(endpoint)) continue;
    store<i32>(endpoint, 1, INPUT_NEEDED);
    speakers++;
  }
  store<i32>(conference, speakers, CONFERENCE_SPEAKERS);
}

/** The backgrounds of many are a noise: those who say by comfort noise that they are silent are left out. */
function speaks(endpoint: usize): bool {
  const kind = load<i32>(endpoint, INPUT_KIND);
  return kind != INPUT_SILENCE && (kind & INPUT_NOISE) == 0;
}

/** For those who hear this rate. */
function mixAtRate(conference: usize, state: usize, wide: bool): void {
  const parties = load<i32>(conference, CONFERENCE_PARTIES);
  let listeners = 0;
  for (let party = 0; party < parties; party++) {
    const index = partyOf(conference, party);
    const endpoint = endpointAt(index);
    const listens = load<i32>(endpoint, OUT_KIND) == OUT_MIX && isWide(formatOut(index, endpoint)) == wide;
    store<u32>(usize(MIX_OUTS) + usize(party << 2), listens ? u32(endpoint + FRAME_OUT) : 0);
    listeners += i32(listens);
  }
  if (listeners == 0) return;
  for (let party = 0; party < parties; party++) {
    const from = voiceOf(partyOf(conference, party), usize(MIX_FRAMES) + usize(party) * (2 * MAX_WIDE_SAMPLES), wide);
    store<u32>(usize(MIX_PARTS) + usize(party << 2), u32(from));
  }
  store<i32>(state, frameShift, HALVED);
  mixFrame(state, MIX_PARTS, parties, MIX_OUTS, wide ? wideSamples : frameSamples);
}

/** What a party says at the rate that is wanted, in `room` when it had to be changed; 0 when it says nothing. */
function voiceOf(index: i32, room: usize, wide: bool): usize {
  const endpoint = endpointAt(index);
  if (!speaks(endpoint)) return 0;
  const samples = endpoint + FRAME_LINEAR;
  if (isWide(load<i32>(endpoint, INPUT_FORMAT)) == wide) return samples;
  if (wide) up(kernelAt(index, KERNEL_UP), samples, room, frameSamples);
  else down(kernelAt(index, KERNEL_DOWN), samples, room, frameSamples);
  return room;
}
