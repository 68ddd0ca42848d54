/** The differentiable operations of `tracewise/tensor`, all in one name space. */
export * from '../tensor/ops/arithmetic.ts';
export * from '../tensor/ops/broadcast.ts';
export * from '../tensor/ops/compare.ts';
export * from '../tensor/ops/gather.ts';
export * from '../tensor/ops/half.ts';
export * from '../tensor/ops/layout.ts';
export * from '../tensor/ops/matmul.ts';
export * from '../tensor/ops/normal.ts';
export * from '../tensor/ops/reduce.ts';
