/**
 * The chapters in order, and where each sends a reader who wants to run it: a room
 * and the settings it speaks of.
 */
import type { PresetName } from '../../experiment/presets.ts';
import type { SettingChange } from '../session/knobs.svelte.ts';

export type ChapterKey = 'policy' | 'tests' | 'group' | 'traces' | 'alignment' | 'worked';

export type Goal =
  | { readonly room: 'play'; readonly preset: PresetName; readonly changes: readonly SettingChange[] }
  | { readonly room: 'lab' };

export interface ChapterPlan {
  readonly name: ChapterKey;
  readonly goes: Goal;
}

export const CHAPTERS: readonly ChapterPlan[] = [
  // One prompt in many rollouts: what a policy does, and little to wait for.
  {
    name: 'policy',
    goes: {
      room: 'play',
      preset: 'rlvr',
      changes: [
        { key: 'code.prompts', value: 2 },
        { key: 'code.groupSize', value: 16 },
      ],
    },
  },
  { name: 'tests', goes: { room: 'play', preset: 'rlvr', changes: [] } },
  {
    name: 'group',
    goes: {
      room: 'play',
      preset: 'rlvr',
      changes: [
        { key: 'code.prompts', value: 8 },
        { key: 'code.groupSize', value: 16 },
      ],
    },
  },
  { name: 'traces', goes: { room: 'play', preset: 'coderl-plus', changes: [] } },
  { name: 'alignment', goes: { room: 'play', preset: 'coderl-plus', changes: [] } },
  { name: 'worked', goes: { room: 'lab' } },
];
