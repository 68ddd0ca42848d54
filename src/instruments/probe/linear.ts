/**
 * Linear probes: ridge and logistic regression with an intercept that is not penalised. Features are
 * standardised by the rows that are fitted. Plain arithmetic in double precision; what the rows mean is the
 * caller's.
 */

/** Row-major [n, d]. */
export interface Matrix {
  readonly n: number;
  readonly d: number;
  readonly values: Float64Array;
}

export interface LinearModel {
  readonly weights: Float64Array;
  readonly intercept: number;
}

/** Rows of a matrix by index. */
export function pickRows({ d, values }: Matrix, indices: readonly number[]): Matrix {
  const out = new Float64Array(indices.length * d);
  indices.forEach((index, i) => out.set(values.subarray(index * d, (index + 1) * d), i * d));
  return { n: indices.length, d, values: out };
}

export interface Scaling {
  readonly means: Float64Array;
  /** 1 where a feature does not vary, which is then 0 everywhere. */
  readonly deviations: Float64Array;
}

/** Means and standard deviations (population) of the columns. */
export function scalingOf({ n, d, values }: Matrix): Scaling {
  const means = new Float64Array(d);
  const deviations = new Float64Array(d);
  for (let i = 0; i < n; i++) for (let j = 0; j < d; j++) means[j]! += values[i * d + j]! / n;
  for (let i = 0; i < n; i++)
    for (let j = 0; j < d; j++) deviations[j]! += (values[i * d + j]! - means[j]!) ** 2 / n;
  for (let j = 0; j < d; j++) {
    const deviation = Math.sqrt(deviations[j]!);
    deviations[j] = deviation > 1e-9 ? deviation : 1;
  }
  return { means, deviations };
}

export function standardised({ n, d, values }: Matrix, { means, deviations }: Scaling): Matrix {
  const out = values.slice();
  for (let i = 0; i < n; i++)
    for (let j = 0; j < d; j++) out[i * d + j] = (out[i * d + j]! - means[j]!) / deviations[j]!;
  return { n, d, values: out };
}

export function predictRows({ n, d, values }: Matrix, { weights, intercept }: LinearModel): Float64Array {
  const out = new Float64Array(n).fill(intercept);
  for (let i = 0; i < n; i++) for (let j = 0; j < d; j++) out[i]! += values[i * d + j]! * weights[j]!;
  return out;
}

/**
 * argmin |y - Xw - b|^2 + penalty |w|^2 for each penalty, ascending or not. Columns of X need not be centred.
 * Solved in features, or in rows where there are fewer of them (w = X' (XX' + penalty)^-1 y).
 */
export function ridge(x: Matrix, y: ArrayLike<number>, penalties: readonly number[]): LinearModel[] {
  const { n, d } = x;
  const { means } = scalingOf(x);
  const centred = standardised(x, { means, deviations: new Float64Array(d).fill(1) });
  let mean = 0;
  for (let i = 0; i < n; i++) mean += y[i]! / n;
  const target = Float64Array.from({ length: n }, (_, i) => y[i]! - mean);
  const inFeatures = d <= n;
  const products = inFeatures ? gram(centred) : outer(centred);
  const size = inFeatures ? d : n;
  const side = inFeatures ? transposed(centred, target) : target;
  return penalties.map((penalty) => {
    const solution = solve(withDiagonal(products, size, penalty), side, size);
    const weights = inFeatures ? solution : transposed(centred, solution);
    let intercept = mean;
    for (let j = 0; j < d; j++) intercept -= means[j]! * weights[j]!;
    return { weights, intercept };
  });
}

/** Steps of Newton's method at most; from the mean a probe takes about six. */
const NEWTON = 25;

/**
 * argmin of sum log(1 + exp(-s (Xw + b))) + penalty |w|^2 / 2 with s = 2y - 1, by Newton's method with
 * halved steps where a whole one does not descend. @param y 0 or 1
 */
export function logistic(x: Matrix, y: ArrayLike<number>, penalty: number): LinearModel {
  const { n, d, values } = x;
  // The intercept is one more feature, of ones.
  const size = d + 1;
  let point = new Float64Array(size);
  const lossAt = (at: Float64Array): number => {
    const margins = predictRows(x, { weights: at.subarray(0, d), intercept: at[d]! });
    let loss = 0;
    for (let i = 0; i < n; i++) {
      const s = y[i]! > 0 ? -margins[i]! : margins[i]!;
      loss += s > 0 ? s + Math.log1p(Math.exp(-s)) : Math.log1p(Math.exp(s));
    }
    for (let j = 0; j < d; j++) loss += (penalty / 2) * at[j]! ** 2;
    return loss;
  };
  let loss = lossAt(point);
  for (let step = 0; step < NEWTON; step++) {
    const margins = predictRows(x, { weights: point.subarray(0, d), intercept: point[d]! });
    const gradient = new Float64Array(size);
    const curvature = new Float64Array(size * size);
    for (let i = 0; i < n; i++) {
      const p = 1 / (1 + Math.exp(-margins[i]!));
      const [error, weight] = [p - y[i]!, Math.max(p * (1 - p), 1e-12)];
      for (let j = 0; j < d; j++) {
        const value = values[i * d + j]!;
        gradient[j]! += error * value;
        const scaledValue = weight * value;
        for (let k = 0; k <= j; k++) curvature[j * size + k]! += scaledValue * values[i * d + k]!;
        curvature[d * size + j]! += scaledValue;
      }
      gradient[d]! += error;
      curvature[d * size + d]! += weight;
    }
    for (let j = 0; j < d; j++) {
      gradient[j]! += penalty * point[j]!;
      curvature[j * size + j]! += penalty;
    }
    curvature[d * size + d]! += 1e-10;
    const direction = solve(mirrored(curvature, size), gradient, size);
    let share = 1;
    let next = point;
    let best = loss;
    for (; share > 1e-4; share /= 2) {
      const trial = point.map((value, j) => value - share * direction[j]!);
      const found = lossAt(trial);
      if (found < loss) {
        [next, best] = [trial, found];
        break;
      }
    }
    const gain = loss - best;
    [point, loss] = [next, best];
    if (gain <= 1e-10 * (1 + Math.abs(loss))) break;
  }
  return { weights: point.slice(0, d), intercept: point[d]! };
}

/** X'X, [d, d]. */
function gram({ n, d, values }: Matrix): Float64Array {
  const out = new Float64Array(d * d);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < d; j++) {
      const value = values[i * d + j]!;
      if (value === 0) continue;
      for (let k = 0; k <= j; k++) out[j * d + k]! += value * values[i * d + k]!;
    }
  }
  return mirrored(out, d);
}

/** XX', [n, n]. */
function outer({ n, d, values }: Matrix): Float64Array {
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k <= i; k++) {
      let sum = 0;
      for (let j = 0; j < d; j++) sum += values[i * d + j]! * values[k * d + j]!;
      out[i * n + k] = sum;
    }
  }
  return mirrored(out, n);
}

/** X'v. */
function transposed({ n, d, values }: Matrix, v: Float64Array): Float64Array {
  const out = new Float64Array(d);
  for (let i = 0; i < n; i++) for (let j = 0; j < d; j++) out[j]! += values[i * d + j]! * v[i]!;
  return out;
}

/** Copies the lower triangle to the upper one. */
function mirrored(matrix: Float64Array, size: number): Float64Array {
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) matrix[j * size + i] = matrix[i * size + j]!;
  return matrix;
}

function withDiagonal(matrix: Float64Array, size: number, added: number): Float64Array {
  const out = matrix.slice();
  for (let i = 0; i < size; i++) out[i * size + i]! += added;
  return out;
}

/** A x = b for symmetric positive definite A, by Cholesky's decomposition, which takes A's place. */
function solve(a: Float64Array, b: Float64Array, size: number): Float64Array {
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * size + j]!;
      for (let k = 0; k < j; k++) sum -= a[i * size + k]! * a[j * size + k]!;
      // Rounding may take the last bit of a pivot that is zero; a tiny one leaves its direction alone.
      a[i * size + j] = i === j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / a[j * size + j]!;
    }
  }
  const x = b.slice();
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < i; k++) x[i]! -= a[i * size + k]! * x[k]!;
    x[i]! /= a[i * size + i]!;
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) x[i]! -= a[k * size + i]! * x[k]!;
    x[i]! /= a[i * size + i]!;
  }
  return x;
}
