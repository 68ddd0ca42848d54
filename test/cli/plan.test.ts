/** `plan`: the same numbers as the arithmetic, and plain words for what it cannot use. */
import { describe, expect, it } from 'vitest';
import { planCommand } from '../../src/cli/plan.ts';

async function lines(...argv: string[]): Promise<string[]> {
  const out: string[] = [];
  const context = { out: (line: string) => void out.push(line), progress: () => undefined };
  await planCommand.run(argv, { ...context, signal: new AbortController().signal });
  return out;
}
const given = ['--seed-sd', '0.02', '--task-sd', '0.3', '--rest-sd', '0.1'];

describe('plan', () => {
  it('tells both sizes from given deviations', async () => {
    // 3.7174 sqrt(.0001) and 3.7174 sqrt(.0001 + .0009), quantiles of t with four degrees of freedom.
    const [json] = await lines('--seeds', '5', '--tasks', '100', ...given, '--json');
    const found = JSON.parse(json!) as { onTheseTasks: number; onSuchTasks: number };
    expect(found.onTheseTasks).toBeCloseTo(0.03717, 4);
    expect(found.onSuchTasks).toBeCloseTo(0.11755, 4);
  });

  it('needs more for more measures', async () => {
    const size = async (...more: string[]) =>
      (JSON.parse((await lines(...given, '--json', ...more))[0]!) as { onTheseTasks: number }).onTheseTasks;
    expect(await size('--measures', '9')).toBeGreaterThan(1.4 * (await size()));
  });

  it('refuses what it cannot compute with', async () => {
    await expect(lines('--seeds', '5')).rejects.toThrow(/--seed-sd/);
    await expect(lines(...given, '--seeds', '1')).rejects.toThrow(/--seeds/);
    await expect(lines(...given, '--power', '1.5')).rejects.toThrow(/--power is a number from 0.5/);
  });
});
