/**
 * The names of the export formats. They stand apart from the writers, so that a list
 * of names loads no writer.
 */
export const EXPORT_FORMATS = [
  'log',
  'csv',
  'tensorboard',
  'wandb',
  'parquet',
  'peft',
  'trl',
  'verl',
] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];
