/** Lines over time as SVG, drawn by hand so that a report is one file that needs nothing else. */

export interface PlotLine {
  readonly name: string;
  /** Class of the line, for its colour and for showing and hiding it. */
  readonly className: string;
  /** NaN: nothing to show there. */
  readonly values: readonly number[];
}

export interface Plot {
  readonly title: string;
  readonly unit: string;
  /** Milliseconds after midnight of the first value, and from one to the next. */
  readonly fromMs: number;
  readonly stepMs: number;
  readonly lines: readonly PlotLine[];
  /** A limit to be drawn across. */
  readonly limit?: number;
  /** The picture ends there; lines that end above it are named in it with their last value. */
  readonly most?: number;
}

const width = 920;
const height = 260;
const left = 52;
const right = 12;
const top = 14;
const bottom = 26;

/** One plot with its axes. */
export function plotSvg({ title, unit, fromMs, stepMs, lines, limit, most }: Plot): string {
  const shown = lines.flatMap(({ values }) => values.filter((value) => !Number.isNaN(value)));
  const highest = Math.max(limit ?? 0, ...shown, 1e-9);
  const scale = niceScale(Math.min(most ?? highest, highest));
  const points = Math.max(2, ...lines.map(({ values }) => values.length));
  const x = (at: number) => left + ((width - left - right) * at) / (points - 1);
  const y = (value: number) => height - bottom - ((height - top - bottom) * value) / scale.most;
  const grid = scale.ticks.map(
    (tick) =>
      `<line class="grid" x1="${left}" x2="${width - right}" y1="${y(tick).toFixed(1)}" y2="${y(tick).toFixed(1)}"/>` +
      `<text class="axis" x="${left - 6}" y="${(y(tick) + 4).toFixed(1)}" text-anchor="end">${tick}${unit}</text>`,
  );
  const every = hoursBetweenTicks((points - 1) * stepMs);
  const hours: string[] = [];
  for (let ms = Math.ceil(fromMs / every) * every; ms <= fromMs + (points - 1) * stepMs; ms += every) {
    const at = x((ms - fromMs) / stepMs).toFixed(1);
    hours.push(`<text class="axis" x="${at}" y="${height - 8}" text-anchor="middle">${clock(ms)}</text>`);
  }
  const drawn = lines.map(({ name, className, values }) => {
    const path = stretches(values, scale.most)
      .map((points) => points.map(({ at, value }) => `${x(at).toFixed(1)} ${y(value).toFixed(1)}`).join('L'))
      .map((points) => `M${points}`)
      .join('');
    return `<path class="line ${className}" d="${path}"><title>${escapeText(name)}</title></path>`;
  });
  const gone = lines
    .map(({ name, className, values }) => ({ name, className, last: values.at(-1) ?? 0 }))
    .filter(({ last }) => last > scale.most)
    .sort((one, other) => other.last - one.last)
    .map(
      ({ name, className, last }, at) =>
        `<text class="gone ${className}" x="${width - right - 4}" y="${top + 12 + at * 15}" text-anchor="end">` +
        `${escapeText(name)} ends at ${last.toFixed(1)}${unit} ↑</text>`,
    );
  const across =
    limit === undefined
      ? ''
      : `<line class="limit" x1="${left}" x2="${width - right}" y1="${y(limit).toFixed(1)}" y2="${y(limit).toFixed(1)}"/>`;
  return (
    `<figure><figcaption>${escapeText(title)}</figcaption>` +
    `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeText(title)}">` +
    `${grid.join('')}${hours.join('')}${across}${drawn.join('')}${gone.join('')}</svg></figure>`
  );
}

interface Point {
  readonly at: number;
  readonly value: number;
}

/** The parts of a line that are in the picture, cut where it leaves and comes back. */
function stretches(values: readonly number[], most: number): readonly (readonly Point[])[] {
  const parts: Point[][] = [];
  let part: Point[] | undefined;
  const go = (point: Point) => {
    if (!part) {
      part = [];
      parts.push(part);
    }
    part.push(point);
  };
  for (const [at, value] of values.entries()) {
    const before = values[at - 1] ?? Number.NaN;
    if (before > most !== value > most && !Number.isNaN(before) && !Number.isNaN(value)) {
      go({ at: at - 1 + (most - before) / (value - before), value: most });
    }
    if (value <= most) go({ at, value });
    else part = undefined;
  }
  return parts;
}

/** Text that means nothing to HTML. */
export function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** Four to eight ticks at 1, 2 or 5 times a power of ten. */
function niceScale(highest: number): { readonly most: number; readonly ticks: readonly number[] } {
  const rough = highest / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  const count = Math.ceil(highest / step - 1e-9);
  const ticks = Array.from({ length: count + 1 }, (_, n) => Number((n * step).toPrecision(6)));
  return { most: count * step, ticks };
}

const minuteMs = 60_000;

function hoursBetweenTicks(spanMs: number): number {
  const steps = [1, 5, 15, 30, 60, 120, 240].map((minutes) => minutes * minuteMs);
  return steps.find((step) => spanMs / step <= 12) ?? 480 * minuteMs;
}

function clock(ms: number): string {
  const minutes = Math.round(ms / minuteMs);
  return `${String(Math.floor(minutes / 60) % 24).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}
