/**
 * Structures in Thrift's compact protocol, as parquet's footer and page headers are written:
 * read to numbers, bytes and lists with every size checked against the bytes that are there.
 * It knows no parquet. Format: Apache Thrift, "Thrift compact protocol encoding".
 */

export type ThriftValue = number | boolean | Uint8Array | readonly ThriftValue[] | ThriftStruct;
/** By field number. */
export interface ThriftStruct {
  readonly [field: number]: ThriftValue;
}

/** Deeper than any parquet file. */
const DEEPEST = 24;

/** Text that is no such structure, or claims more than is there. */
export class ThriftError extends Error {
  override readonly name = 'ThriftError';
}

/** @returns the structure that begins at `at`, and the offset behind it. @throws ThriftError */
export function readStruct(
  bytes: Uint8Array,
  at: number,
): { readonly value: ThriftStruct; readonly end: number } {
  const reader = new ThriftReader(bytes, at);
  return { value: reader.struct(0), end: reader.at };
}

class ThriftReader {
  constructor(
    private readonly bytes: Uint8Array,
    public at: number,
  ) {}

  struct(depth: number): ThriftStruct {
    if (depth > DEEPEST) throw new ThriftError('it is nested too deep');
    const fields: Record<number, ThriftValue> = {};
    let number = 0;
    for (;;) {
      const head = this.byte();
      if ((head & 15) === 0) return fields;
      number = head >> 4 === 0 ? this.signed() : number + (head >> 4);
      fields[number] = this.value(head & 15, depth, false);
    }
  }

  private value(type: number, depth: number, inList: boolean): ThriftValue {
    switch (type) {
      case 1:
      case 2:
        return inList ? this.byte() === 1 : type === 1;
      case 3:
        return this.byte();
      case 4:
      case 5:
      case 6:
        return this.signed();
      case 7:
        return this.take(8).byteLength;
      case 8:
        return this.take(this.varint());
      case 9:
      case 10:
        return this.list(depth + 1);
      case 12:
        return this.struct(depth + 1);
      default:
        throw new ThriftError(`type ${type} is unknown`);
    }
  }

  private list(depth: number): readonly ThriftValue[] {
    if (depth > DEEPEST) throw new ThriftError('it is nested too deep');
    const head = this.byte();
    const count = head >> 4 === 15 ? this.varint() : head >> 4;
    // Every element has a byte at least.
    if (count > this.bytes.length - this.at) throw new ThriftError(`a list claims ${count} elements`);
    const items: ThriftValue[] = [];
    for (let i = 0; i < count; i++) items.push(this.value(head & 15, depth, true));
    return items;
  }

  private byte(): number {
    const byte = this.bytes[this.at++];
    if (byte === undefined) throw new ThriftError('it ends too early');
    return byte;
  }

  private take(size: number): Uint8Array {
    if (size > this.bytes.length - this.at) throw new ThriftError(`a text claims ${size} bytes`);
    this.at += size;
    return this.bytes.subarray(this.at - size, this.at);
  }

  /** Up to 64 bits; exact to 2^53, which is more than any size here may be. */
  private varint(): number {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.byte();
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
    throw new ThriftError('a number does not end');
  }

  private signed(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}
