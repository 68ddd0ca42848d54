/** The names of the export formats, apart from what writes them, so that a list of them loads no writer. */
export const EXPORT_FORMATS = ['log', 'csv', 'peft', 'trl', 'verl'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];
