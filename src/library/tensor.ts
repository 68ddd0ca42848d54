/**
 * `tracewise/tensor`: graphs with gradients, written as ONNX and run by onnxruntime.
 * It knows no language models.
 */
export { Graph, Tensor, float, int, ints } from '../tensor/graph.ts';
export type { DeviceKind, DType, TensorData, TypedData } from '../tensor/types.ts';
export { gradients } from '../tensor/training/autodiff.ts';
export { adamW, clipFactor, globalNorm } from '../tensor/training/optimizer.ts';
export * as ops from './ops.ts';
export { encodeGraph, type EncodedGraph } from '../tensor/onnx/encode.ts';
export { createRuntime, type Program, type Runtime } from '../tensor/runtime/runtime.ts';
export type { DeviceRequest } from '../tensor/runtime/device.ts';
export { nodeWasm } from '../tensor/runtime/node.ts';
