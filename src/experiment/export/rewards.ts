/**
 * `rewards.py` of an export, from its parts in rewards/: one file without dependencies, because
 * trainers load it by its path. It grades by the same rules as src/learning and src/sandbox/equal.ts,
 * which a test checks case by case; it is not used on the page or on the command line.
 */
import answers from '#raw/experiment/export/rewards/answers.py';
import codec from '#raw/experiment/export/rewards/codec.py';
import equality from '#raw/experiment/export/rewards/equality.py';
import head from '#raw/experiment/export/rewards/head.py';
import program from '#raw/experiment/export/rewards/program.py';
import scores from '#raw/experiment/export/rewards/scores.py';
import shut from '#raw/experiment/export/rewards/shut.py';
import test from '#raw/experiment/export/rewards/test.py';
import values from '#raw/experiment/export/rewards/values.py';
import wall from '#raw/experiment/export/rewards/wall.py';

/** A Python text as a literal that can still be read. */
function quoted(name: string, text: string): readonly [string, string] {
  if (text.includes("'''") || text.endsWith('\\')) throw new Error(`${name} cannot stand between quotes`);
  return [`${name} = ""`, `${name} = r'''\n${text}'''`];
}

function withChildren(text: string): string {
  const children = [
    quoted('CODEC', codec),
    quoted('SHUT', shut),
    quoted('PROGRAM', program),
    quoted('TEST', test),
  ];
  return children.reduce((whole, [empty, full]) => whole.replace(empty, () => full), text);
}

/** Files of rewards/ that are one program, in their order: the file itself and its two kinds of children. */
export const rewardPrograms: readonly (readonly string[])[] = [
  ['head', 'values', 'equality', 'wall', 'answers', 'scores'],
  ['codec', 'shut', 'program'],
  ['codec', 'shut', 'test'],
];

/** Python source: the text of the file. */
export const rewardsSource: string = [head, values, equality, withChildren(wall), answers, scores].join(
  '\n\n',
);
