/**
 * Writes a GGUF file, version 3, little-endian: metadata, where each tensor lies, the
 * tensors. What the keys mean is the caller's; header.ts reads such files.
 */

export type GgufValue =
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'uint32' | 'float32' | 'bool'; readonly value: number }
  | { readonly type: 'strings'; readonly value: readonly string[] }
  | { readonly type: 'int32s' | 'float32s'; readonly value: readonly number[] };

export const ggufText = (value: string): GgufValue => ({ type: 'string', value });
export const ggufWhole = (value: number): GgufValue => ({ type: 'uint32', value });
export const ggufReal = (value: number): GgufValue => ({ type: 'float32', value });
export const ggufFlag = (value: boolean): GgufValue => ({ type: 'bool', value: Number(value) });
export const ggufTexts = (value: readonly string[]): GgufValue => ({ type: 'strings', value });
export const ggufWholes = (value: readonly number[]): GgufValue => ({ type: 'int32s', value });

/** The tensor types that are written, with ggml's numbers for them. */
const TENSOR_TYPES = { F32: 0, F16: 1, Q8_0: 8 } as const;

/** Where a tensor lies is made from these, in their order. */
export interface GgufEntryToStore {
  readonly name: string;
  readonly type: keyof typeof TENSOR_TYPES;
  /** Row-major, [out, in]; the file has them the other way round. */
  readonly dims: readonly number[];
  readonly byteLength: number;
}

export type GgufTensorToStore = Omit<GgufEntryToStore, 'byteLength'> & { readonly bytes: Uint8Array };

const ALIGNMENT = 32;
const VALUE_TYPES = { uint32: 4, int32: 5, float32: 6, bool: 7, string: 8, array: 9 } as const;

/** Zeros that follow so many bytes, in front of the next tensor and at the end of the file. */
export const ggufPadding = (length: number): number => (ALIGNMENT - (length % ALIGNMENT)) % ALIGNMENT;

/** What stands before the tensors, padded. */
export function ggufHead(
  metadata: Readonly<Record<string, GgufValue>>,
  tensors: readonly GgufEntryToStore[],
): Uint8Array<ArrayBuffer> {
  const out = new Bytes();
  out.text('GGUF');
  out.u32(3);
  out.u64(tensors.length);
  out.u64(Object.keys(metadata).length);
  for (const [key, value] of Object.entries(metadata)) {
    out.string(key);
    writeValue(out, value);
  }
  let offset = 0;
  for (const { name, type, dims, byteLength } of tensors) {
    out.string(name);
    out.u32(dims.length);
    for (const dim of [...dims].reverse()) out.u64(dim);
    out.u32(TENSOR_TYPES[type]);
    out.u64(offset);
    offset += byteLength + ggufPadding(byteLength);
  }
  out.pad(ALIGNMENT);
  return out.whole();
}

export function writeGguf(
  metadata: Readonly<Record<string, GgufValue>>,
  tensors: readonly GgufTensorToStore[],
): Uint8Array {
  const out = new Bytes();
  out.bytes(
    ggufHead(
      metadata,
      tensors.map(({ bytes, ...entry }) => ({ ...entry, byteLength: bytes.byteLength })),
    ),
  );
  for (const { bytes } of tensors) {
    out.bytes(bytes);
    out.pad(ALIGNMENT);
  }
  return out.whole();
}

function writeValue(out: Bytes, value: GgufValue): void {
  const array = (of: keyof typeof VALUE_TYPES, length: number): void => {
    out.u32(VALUE_TYPES.array);
    out.u32(VALUE_TYPES[of]);
    out.u64(length);
  };
  switch (value.type) {
    case 'strings':
      array('string', value.value.length);
      return value.value.forEach((item) => out.string(item));
    case 'int32s':
      array('int32', value.value.length);
      return value.value.forEach((item) => out.i32(item));
    case 'float32s':
      array('float32', value.value.length);
      return value.value.forEach((item) => out.f32(item));
    case 'string':
      out.u32(VALUE_TYPES.string);
      return out.string(value.value);
    case 'uint32':
      out.u32(VALUE_TYPES.uint32);
      return out.u32(value.value);
    case 'float32':
      out.u32(VALUE_TYPES.float32);
      return out.f32(value.value);
    case 'bool':
      out.u32(VALUE_TYPES.bool);
      return out.bytes(Uint8Array.of(value.value));
  }
}

/** Bytes that grow. */
class Bytes {
  #buffer = new Uint8Array(1 << 16);
  #length = 0;

  #room(count: number): DataView {
    if (this.#length + count > this.#buffer.length) {
      const grown = new Uint8Array(Math.max(this.#buffer.length * 2, this.#length + count));
      grown.set(this.#buffer);
      this.#buffer = grown;
    }
    const view = new DataView(this.#buffer.buffer, this.#length, count);
    this.#length += count;
    return view;
  }

  bytes(bytes: Uint8Array): void {
    const view = this.#room(bytes.byteLength);
    this.#buffer.set(bytes, view.byteOffset);
  }
  text(value: string): void {
    this.bytes(new TextEncoder().encode(value));
  }
  string(value: string): void {
    const encoded = new TextEncoder().encode(value);
    this.u64(encoded.byteLength);
    this.bytes(encoded);
  }
  u32(value: number): void {
    this.#room(4).setUint32(0, value, true);
  }
  i32(value: number): void {
    this.#room(4).setInt32(0, value, true);
  }
  f32(value: number): void {
    this.#room(4).setFloat32(0, value, true);
  }
  u64(value: number): void {
    this.#room(8).setBigUint64(0, BigInt(value), true);
  }
  pad(to: number): void {
    this.bytes(new Uint8Array((to - (this.#length % to)) % to));
  }
  whole(): Uint8Array<ArrayBuffer> {
    return this.#buffer.slice(0, this.#length);
  }
}
