/**
 * Metrics as an event file of TensorBoard: records in the framing of TFRecord, each
 * an Event in Protocol Buffers' wire format. Only scalars are written. The format is
 * that of tensorboard/compat/proto/{event,summary}.proto.
 */
import type { TrainerEvent } from '../../learning/events.ts';
import { metricRows } from './metric-rows.ts';

/** The name by which TensorBoard knows a file of events. */
export const EVENT_FILE = 'events.out.tfevents.0000000000.tracewise';

/** One Event per step; its wall time is the seconds of the run, or the step where they are not known. */
export function tensorboardFile(events: readonly TrainerEvent[]): Uint8Array {
  const written = [record(message([double(1, 0), bytes(3, utf8('brain.Event:2'))]))];
  for (const { step, seconds, values } of metricRows(events)) {
    const summary = values.map(([tag, value]) => bytes(1, message([bytes(1, utf8(tag)), float(2, value)])));
    written.push(record(message([double(1, seconds ?? step), integer(2, step), bytes(5, message(summary))])));
  }
  return join(written);
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

function join(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const message = join;

// A field is its number with the kind of its content in the last three bits, then the content.
const [VARINT, FIXED64, LENGTH, FIXED32] = [0, 1, 2, 5];

function varint(value: number): Uint8Array {
  const out: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    out.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  return Uint8Array.from([...out, rest]);
}

const field = (number: number, kind: number, content: Uint8Array): Uint8Array =>
  join([varint((number << 3) | kind), content]);
const integer = (number: number, value: number): Uint8Array => field(number, VARINT, varint(value));
const bytes = (number: number, content: Uint8Array): Uint8Array =>
  field(number, LENGTH, join([varint(content.length), content]));

function double(number: number, value: number): Uint8Array {
  const content = new DataView(new ArrayBuffer(8));
  content.setFloat64(0, value, true);
  return field(number, FIXED64, new Uint8Array(content.buffer));
}

function float(number: number, value: number): Uint8Array {
  const content = new DataView(new ArrayBuffer(4));
  content.setFloat32(0, value, true);
  return field(number, FIXED32, new Uint8Array(content.buffer));
}

/** TFRecord: length, its checksum, the data, their checksum. */
function record(data: Uint8Array): Uint8Array {
  const length = new DataView(new ArrayBuffer(8));
  length.setUint32(0, data.length, true);
  const head = new Uint8Array(length.buffer);
  return join([head, checksum(head), data, checksum(data)]);
}

/** CRC-32C, rotated and shifted so that a checksum of a checksum is not one of its own kind. */
function checksum(data: Uint8Array): Uint8Array {
  let crc = 0xffffffff;
  for (const byte of data) crc = CASTAGNOLI[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  crc = (crc ^ 0xffffffff) >>> 0;
  const masked = (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
  const out = new DataView(new ArrayBuffer(4));
  out.setUint32(0, masked, true);
  return new Uint8Array(out.buffer);
}

/** By the lowest byte; the polynomial of Castagnoli, reflected. */
const CASTAGNOLI = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});
