/**
 * The way of an arrow from a name that points at an object to where that object is
 * drawn: out to the right, along a lane of its own, and back to the object's right
 * edge. Boxes in, an SVG path out; it measures nothing.
 */
export interface PlacedBox {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Pixels between two lanes, from the last lane to the edge, and of a corner. */
const LANE = 6;
const EDGE = 5;
const CORNER = 5;
/** From the tip to the object. */
const GAP = 2;
/** More arrows than this share lanes. */
const LANES = 4;

/** Room that the lanes of so many arrows need at the right. */
export const lanesWidth = (arrows: number): number =>
  arrows === 0 ? 0 : EDGE + LANE * Math.min(arrows, LANES) + CORNER;

const middle = ({ top, bottom }: PlacedBox): number => (top + bottom) / 2;

/**
 * @param index place of the arrow among all of them: it decides the lane, the first nearest to the values
 * @param width of what all of it stands in; the lanes are at its right edge
 * @returns data of a path in the boxes' pixels; it ends at the tip, going left
 */
export function pointerPath(
  from: PlacedBox,
  to: PlacedBox,
  index: number,
  arrows: number,
  width: number,
): string {
  const lanes = Math.min(arrows, LANES);
  const lane = width - EDGE - LANE * (lanes - 1 - (index % lanes));
  const [start, tip] = [middle(from), middle(to)];
  const corner = Math.min(CORNER, Math.abs(tip - start) / 2);
  const way = Math.sign(tip - start) * corner;
  return [
    `M${from.right + 1} ${start}`,
    `H${lane - corner}`,
    `Q${lane} ${start} ${lane} ${start + way}`,
    `V${tip - way}`,
    `Q${lane} ${tip} ${lane - corner} ${tip}`,
    `H${Math.min(lane - corner, to.right + GAP)}`,
  ].join('');
}
