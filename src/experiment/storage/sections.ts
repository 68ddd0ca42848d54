/**
 * A file of named sections, each with its length and checksum. Snapshots and
 * downloaded runs are written so. It does not know what the sections mean.
 *
 * Layout, little-endian: 8 bytes magic, uint32 length of the header, uint32 checksum of the header,
 * the header as JSON ({ sections: [{ name, size, crc }] }), then the sections one after another.
 */
import { crc32 } from './checksum.ts';
import { RunFileError, TornSnapshotError } from './errors.ts';

const MAGIC = new TextEncoder().encode('TWSECT01');
const PREFIX = 16;
const MAX_SECTIONS = 64;

export type Sections = ReadonlyMap<string, Uint8Array>;

export function writeSections(sections: Sections): Uint8Array {
  const list = [...sections].map(([name, bytes]) => ({ name, size: bytes.byteLength, crc: crc32(bytes) }));
  const header = new TextEncoder().encode(JSON.stringify({ sections: list }));
  const file = new Uint8Array(
    PREFIX + header.byteLength + list.reduce((sum, section) => sum + section.size, 0),
  );
  const view = new DataView(file.buffer);
  file.set(MAGIC);
  view.setUint32(8, header.byteLength, true);
  view.setUint32(12, crc32(header), true);
  file.set(header, PREFIX);
  let at = PREFIX + header.byteLength;
  for (const bytes of sections.values()) {
    file.set(bytes, at);
    at += bytes.byteLength;
  }
  return file;
}

/**
 * Views into the file; every length is checked before it is used, every checksum before anything is returned.
 * @throws RunFileError when it never was such a file, TornSnapshotError when it no longer is what was written
 */
export function readSections(bytes: Uint8Array, what: string): Sections {
  if (bytes.byteLength < MAGIC.byteLength || !MAGIC.every((byte, i) => bytes[i] === byte)) {
    throw new RunFileError(what, 'it does not begin as one');
  }
  if (bytes.byteLength < PREFIX) throw new TornSnapshotError(what, 'it ends inside its first bytes');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = view.getUint32(8, true);
  if (headerLength > bytes.byteLength - PREFIX)
    throw new TornSnapshotError(what, 'it ends inside its header');
  const header = bytes.subarray(PREFIX, PREFIX + headerLength);
  if (crc32(header) !== view.getUint32(12, true)) {
    throw new TornSnapshotError(what, 'the checksum of its header is wrong');
  }
  const sections = new Map<string, Uint8Array>();
  let at = PREFIX + headerLength;
  for (const { name, size, crc } of readHeader(header, what)) {
    const section = bytes.subarray(at, at + size);
    if (section.byteLength < size) throw new TornSnapshotError(what, `it ends inside ${name}`);
    if (crc32(section) !== crc) throw new TornSnapshotError(what, `the checksum of ${name} is wrong`);
    sections.set(name, section);
    at += size;
  }
  if (at !== bytes.byteLength) throw new TornSnapshotError(what, 'there are bytes after its end');
  return sections;
}

interface Entry {
  readonly name: string;
  readonly size: number;
  readonly crc: number;
}

function readHeader(header: Uint8Array, what: string): readonly Entry[] {
  let data: unknown;
  try {
    data = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(header));
  } catch {
    throw new RunFileError(what, 'its header is not JSON');
  }
  const list = (data as { sections?: unknown } | null)?.sections;
  const isEntry = (entry: unknown): entry is Entry => {
    const { name, size, crc } = (entry ?? {}) as Partial<Record<keyof Entry, unknown>>;
    return (
      typeof name === 'string' &&
      Number.isSafeInteger(size) &&
      (size as number) >= 0 &&
      Number.isSafeInteger(crc)
    );
  };
  if (!Array.isArray(list) || list.length > MAX_SECTIONS || !list.every(isEntry)) {
    throw new RunFileError(what, 'its header does not list sections');
  }
  return list;
}
