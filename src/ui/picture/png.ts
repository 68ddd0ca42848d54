/**
 * The study's picture as a PNG of 1200 x 675, with its sentences and its source line, in the
 * page's present colours. It stands alone: the same layout as on the page, drawn on a canvas.
 */
import type { PicturedPanel, StudyPicture } from '../../experiment/study-picture.ts';
import { saveFile } from '../browser/save-file.ts';
import { coloursOf, type Colours } from '../kit/plot.ts';
import { s } from '../strings/index.ts';
import { labelRoom, layOut, spanOf, type Point } from './layout.ts';
import { armName, armRewards, finding, percent } from './words.ts';

const [WIDTH, HEIGHT, MARGIN, GAP] = [1200, 675, 48, 64];
const PLOT = 300;
const ARMS = ['--accent', '--align'] as const;

/** Hands the picture to the browser to be saved. */
export async function savePng(picture: StudyPicture, element: HTMLElement): Promise<void> {
  const png = await pngOf(picture, element);
  if (png !== null) saveFile('tracewise-study.png', png);
}

/**
 * @param element any element of the page: its custom properties give the colours.
 * Null where there is no canvas.
 */
function pngOf(picture: StudyPicture, element: HTMLElement, scale = 2): Promise<Blob | null> {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [WIDTH * scale, HEIGHT * scale];
  const context = canvas.getContext('2d');
  if (context === null) return Promise.resolve(null);
  const colours = coloursOf(element);
  const fonts = fontsOf(element);
  context.scale(scale, scale);
  context.fillStyle = colours.of('--paper');
  context.fillRect(0, 0, WIDTH, HEIGHT);
  const { panels } = picture;
  const width = (WIDTH - 2 * MARGIN - GAP * (panels.length - 1)) / panels.length;
  const span = spanOf(panels);
  panels.forEach((panel, i) => {
    context.save();
    context.translate(MARGIN + i * (width + GAP), MARGIN);
    drawPanel(context, colours, panel, { span, width, steps: picture.steps, fonts });
    context.restore();
  });
  drawFoot(context, colours, picture, fonts);
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
}

/** The page's own type, from its custom properties. */
interface Fonts {
  readonly serif: string;
  readonly sans: string;
}

function fontsOf(element: HTMLElement): Fonts {
  const style = getComputedStyle(element);
  return { serif: style.getPropertyValue('--serif'), sans: style.getPropertyValue('--sans') };
}

interface PanelStyle {
  readonly fonts: Fonts;
  readonly span: number;
  readonly width: number;
  readonly steps: number | null;
}

function drawPanel(
  context: CanvasRenderingContext2D,
  colours: Colours,
  panel: PicturedPanel,
  { span, width, steps, fonts }: PanelStyle,
): void {
  const write = writer(context, colours);
  write(s.picture.titles[panel.measure], 0, 22, `600 25px ${fonts.serif}`, '--ink');
  write(s.picture.measured[panel.measure], 0, 48, `400 14px ${fonts.sans}`, '--ink-3');
  context.translate(0, 64);
  const drawing = layOut(panel, span, {
    width,
    height: PLOT,
    labels: Math.round((15 / 13) * labelRoom(panel.arms.map(armName), width)),
  });
  for (const { y, share } of drawing.ticks) {
    context.strokeStyle = colours.of('--line');
    context.lineWidth = 1;
    trace(context, [
      { x: drawing.left, y },
      { x: drawing.right, y },
    ]);
    context.stroke();
    write(
      `${Math.round(100 * share)} %`,
      drawing.left - 6,
      y + 4,
      `400 12px ${fonts.sans}`,
      '--ink-3',
      'right',
    );
  }
  write(s.picture.before, drawing.before, PLOT - 8, `400 13px ${fonts.sans}`, '--ink-3', 'center');
  write(s.picture.after(steps), drawing.after, PLOT - 8, `400 13px ${fonts.sans}`, '--ink-3', 'center');
  drawing.arms.forEach(({ band, mean }, a) => {
    const colour = colours.of(ARMS[a]!);
    [context.fillStyle, context.strokeStyle] = [colour, colour];
    if (band !== null) {
      context.globalAlpha = 0.14;
      trace(context, band);
      context.fill();
      context.globalAlpha = 1;
    }
    context.lineWidth = 3.5;
    trace(context, mean);
    context.stroke();
  });
  drawing.arms.forEach(({ dots, label }, a) => {
    const [colour, paper] = [colours.of(ARMS[a]!), colours.of('--paper')];
    for (const { x, y } of dots) {
      context.beginPath();
      if (a === 0) context.arc(x, y, 5, 0, 2 * Math.PI);
      else context.rect(x - 4.5, y - 4.5, 9, 9);
      [context.fillStyle, context.strokeStyle] = a === 0 ? [paper, colour] : [colour, paper];
      context.lineWidth = a === 0 ? 2.2 : 1;
      context.fill();
      context.stroke();
    }
    write(armName(panel.arms[a]!), label.x, label.y - 3, `600 15px ${fonts.sans}`, ARMS[a]!);
    write(percent(panel.arms[a]!.after.mean), label.x, label.y + 16, `600 17px ${fonts.sans}`, '--ink');
  });
  context.font = `400 17px ${fonts.serif}`;
  wrap(context, finding(panel), width).forEach((line, i) =>
    write(line, 0, PLOT + 28 + 24 * i, `400 17px ${fonts.serif}`, '--ink'),
  );
}

function drawFoot(
  context: CanvasRenderingContext2D,
  colours: Colours,
  { panels, source }: StudyPicture,
  fonts: Fonts,
): void {
  const write = writer(context, colours);
  const { arms } = panels[0]!;
  arms.forEach((arm, a) => {
    const y = HEIGHT - 104 + 22 * a;
    context.fillStyle = colours.of(ARMS[a]!);
    context.fillRect(MARGIN, y - 9, 14, 9);
    write(`${armName(arm)}: ${armRewards(arm)}`, MARGIN + 22, y, `400 14px ${fonts.sans}`, '--ink-2');
  });
  const runs = Math.max(...arms.map((arm) => arm.runs.length));
  write(s.picture.key(runs), MARGIN, HEIGHT - 52, `400 13px ${fonts.sans}`, '--ink-3');
  write(s.picture.source(source), MARGIN, HEIGHT - 30, `400 13px ${fonts.sans}`, '--ink-3');
}

function trace(context: CanvasRenderingContext2D, points: readonly Point[]): void {
  context.beginPath();
  points.forEach(({ x, y }, i) => (i === 0 ? context.moveTo(x, y) : context.lineTo(x, y)));
}

function writer(context: CanvasRenderingContext2D, colours: Colours) {
  return (
    text: string,
    x: number,
    y: number,
    font: string,
    colour: string,
    align: CanvasTextAlign = 'left',
  ) => {
    context.font = font;
    context.fillStyle = colours.of(colour);
    context.textAlign = align;
    context.fillText(text, x, y);
  };
}

/**
 * Words into lines of at most `width` in the context's font; a text without spaces
 * breaks between any two signs.
 */
function wrap(context: CanvasRenderingContext2D, text: string, width: number): readonly string[] {
  const words = text.match(/[^\s\u2e80-\u9fff\uff00-\uffef]+\s*|[\u2e80-\u9fff\uff00-\uffef]\s*/g) ?? [];
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    if (line !== '' && context.measureText(line + word.trimEnd()).width > width) {
      lines.push(line.trimEnd());
      line = '';
    }
    line += word;
  }
  return line === '' ? lines : [...lines, line];
}
