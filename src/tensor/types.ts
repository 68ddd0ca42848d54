/**
 * Element types and plain tensor data, the words that src/tensor is written in. Data is always row-major and
 * lives in host memory. What lives on a device is a `DeviceTensor` (runtime/).
 */
import { GraphError } from './errors.ts';

/** `uint4` is packed two to a byte, low nibble first, as ONNX does; `float16` is held as its bits. */
export type DType = 'float32' | 'float16' | 'int64' | 'int32' | 'uint8' | 'int8' | 'uint4' | 'bool';

/** What runs a graph: onnxruntime-web on a GPU or in WebAssembly, onnxruntime-node. */
export type DeviceKind = 'webgpu' | 'wasm' | 'native';

/** The numbers that ONNX has for them (TensorProto.DataType). */
export const DATA_TYPE: Readonly<Record<DType, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  uint4: 21,
};

export type TypedData = Float32Array | BigInt64Array | Int32Array | Uint16Array | Uint8Array | Int8Array;

export interface TensorData {
  readonly dtype: DType;
  readonly dims: readonly number[];
  readonly data: TypedData;
}

/** Number of elements of a shape; 1 for a scalar. */
export function sizeOf(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}

/** Bytes that `dims` elements of `dtype` occupy in a packed buffer. */
export function byteLengthOf(dtype: DType, dims: readonly number[]): number {
  const size = sizeOf(dims);
  switch (dtype) {
    case 'uint4':
      return Math.ceil(size / 2);
    case 'float16':
      return size * 2;
    case 'float32':
    case 'int32':
      return size * 4;
    case 'int64':
      return size * 8;
    default:
      return size;
  }
}

export function sameDims(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((dim, axis) => dim === b[axis]);
}

/** NumPy's broadcasting rule. Throws a GraphError when the shapes do not fit. */
export function broadcastDims(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[a.length - rank + axis] ?? 1;
    const right = b[b.length - rank + axis] ?? 1;
    if (left !== right && left !== 1 && right !== 1) {
      throw new GraphError(`shapes [${a}] and [${b}] do not broadcast`);
    }
    return left === 1 ? right : left;
  });
}
