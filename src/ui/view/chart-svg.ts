/** A chart and a table as SVG, for what the page saves: the report's own drawing (src/experiment/report). */
export { chartSvg, type SvgChart, type SvgLook } from '../../experiment/report/chart-svg.ts';
export { tableSvg, type SvgTable } from '../../experiment/report/table-svg.ts';
