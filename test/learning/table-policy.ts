/**
 * A policy small enough to follow: one logit per token, whatever came before. It learns by
 * plain gradient descent on the documented loss of a token (src/learning/objective.ts), so
 * that what an update was held to shows in its parameters.
 */
import { tokenLoss } from '../../src/learning/objective.ts';
import type {
  Policy,
  Score,
  ScoreRequest,
  UpdateResult,
  UpdateRow,
  UpdateSettings,
} from '../../src/policy/types.ts';
import { FakePolicy, updateResult } from './fake-policy.ts';

export class TablePolicy extends FakePolicy implements Policy {
  logits: readonly number[];
  constructor(private readonly base: readonly number[]) {
    super(() => []);
    this.logits = base;
  }

  /** log pi of every token. */
  static logProbs(logits: readonly number[]): number[] {
    const total = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
    return logits.map((logit) => logit - total);
  }

  override async score({ sequences, adapter }: ScoreRequest): Promise<Score[]> {
    this.scored++;
    const all = TablePolicy.logProbs(adapter === 'base' ? this.base : this.logits);
    const entropy = -all.reduce((sum, logProb) => sum + Math.exp(logProb) * logProb, 0);
    return sequences.map(({ completion }) => ({
      logProbs: Float32Array.from(completion, (token) => all[token]!),
      entropy: new Float32Array(completion.length).fill(entropy),
    }));
  }

  override async update(rows: readonly UpdateRow[], settings: UpdateSettings): Promise<UpdateResult> {
    this.updates.push({ rows, settings });
    const all = TablePolicy.logProbs(this.logits);
    const gradient = this.logits.map(() => 0);
    let loss = 0;
    for (const row of rows) {
      row.completion.forEach((token, t) => {
        const found = tokenLoss(
          {
            logp: all[token]!,
            old: row.oldLogProbs?.[t] ?? all[token]!,
            ref: row.refLogProbs?.[t] ?? all[token]!,
            advantage: row.advantages[t]!,
          },
          { ...settings, klCoefficient: row.klCoefficient ?? settings.klCoefficient },
        );
        loss += row.weights[t]! * found.loss;
        // d log pi(token) / d logit(v) = [v = token] - pi(v)
        all.forEach((logProb, v) => {
          const slope = (v === token ? 1 : 0) - Math.exp(logProb);
          gradient[v] = gradient[v]! + row.weights[t]! * found.dLogp * slope;
        });
      });
    }
    this.logits = this.logits.map((logit, v) => logit - settings.learningRate * gradient[v]!);
    const logProbs = rows.map(({ completion }) => Float32Array.from(completion, (token) => all[token]!));
    return updateResult({ loss, gradNorm: Math.hypot(...gradient), logProbs });
  }
}
