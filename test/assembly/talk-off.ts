/**
 * The long talk-off run: no key and no fax machine in hours of speech and music.
 *
 *   apt-get download asterisk-core-sounds-{en,es,fr,it,ru}-wav asterisk-moh-opsound-wav
 *   for f in *.deb; do dpkg -x $f sounds; done
 *   node src/build/kernels.mjs && node --import tsx test/assembly/talk-off.ts sounds
 *
 * Takes every WAV file of 8 kHz, 16 bit, in the folders named, as it is, 12 dB softer and 10 dB louder. Ends with 1 when
 * anything was heard.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { FaxListener } from "./fax-sound.ts";
import { KernelRig } from "./kernel-rig.ts";
import { KeyListener, saturate } from "./key-sound.ts";

const gains = [1, 0.25, 3];
const blockSamples = 80;

const folders = process.argv.slice(2);
if (folders.length === 0) {
  process.stderr.write("which folders? node --import tsx test/assembly/talk-off.ts FOLDER …\n");
  process.exit(2);
}
const rig = new KernelRig();
const keys = new KeyListener(rig);
const fax = new FaxListener(rig);
const totals = { minutes: 0, keys: 0, fax: 0, blocks: 0, blanked: 0 };
for (const folder of folders)
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }))
    if (name.endsWith(".wav")) listenTo(join(folder, name));
const { minutes, blocks, blanked } = totals;
process.stdout.write(
  `${minutes.toFixed(1)} min at ${gains.length} levels: ${totals.keys} keys, ${totals.fax} fax machines; ` +
    `${blanked} of ${blocks} blocks of 10 ms blanked, ${((blanked / blocks) * 3600).toFixed(2)} s an hour\n`,
);
process.exitCode = totals.keys + totals.fax === 0 ? 0 : 1;

function listenTo(path: string): void {
  const recording = readWav(readFileSync(path));
  if (recording === null) return;
  totals.minutes += recording.length / 480_000;
  for (const gain of gains) {
    const samples = recording.map((sample) => saturate(sample * gain));
    const left = samples.slice();
    const heard = keys.listen(samples, 1, left).filter(({ what }) => what === "begins");
    const machines = fax.listen(samples);
    totals.keys += heard.length;
    totals.fax += machines.length;
    totals.blocks += Math.floor(samples.length / blockSamples);
    totals.blanked += countBlanked(samples, left);
    for (const { key, at } of heard) process.stdout.write(`${path} times ${gain}: key ${key} at ${at / 8} ms\n`);
    for (const { signal, atMs } of machines) process.stdout.write(`${path} times ${gain}: ${signal} at ${atMs} ms\n`);
  }
}

function countBlanked(samples: Int16Array, left: Int16Array): number {
  let count = 0;
  for (let at = 0; at + blockSamples <= samples.length; at += blockSamples)
    if (samples.subarray(at, at + blockSamples).some((sample, n) => sample !== left[at + n])) count++;
  return count;
}

/** Null when it is not 16 bit, 8 kHz, one channel. */
function readWav(file: Buffer): Int16Array | null {
  let isOurs = false;
  for (let at = 12; at + 8 <= file.length; ) {
    const chunk = file.toString("latin1", at, at + 4);
    const length = file.readUInt32LE(at + 4);
    if (chunk === "fmt ")
      isOurs =
        file.readUInt16LE(at + 10) === 1 && file.readUInt32LE(at + 12) === 8000 && file.readUInt16LE(at + 22) === 16;
    if (chunk === "data") {
      const octets = file.subarray(at + 8, at + 8 + length);
      return isOurs ? Int16Array.from({ length: octets.length >> 1 }, (_, n) => octets.readInt16LE(2 * n)) : null;
    }
    at += 8 + length + (length & 1);
  }
  return null;
}
