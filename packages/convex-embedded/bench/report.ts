/** One measured figure beside its floor. */
export interface Figure {
  name: string;
  value: number;
  unit: string;
  floor?: number;
  floorName?: string;
  aim?: string;
  met?: boolean;
}

/** A quantile of a list of numbers. */
export function quantile(values: number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}

function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(2);
}

/** Collects figures, prints them as a table and as JSON. */
export class Report {
  readonly figures: Figure[] = [];

  add(figure: Figure): void {
    this.figures.push(figure);
    process.stderr.write(`${figure.name}: ${round(figure.value)} ${figure.unit}\n`);
  }

  print(): void {
    process.stdout.write('| figure | measured | floor | ratio | aim |\n|---|---:|---:|---:|---|\n');
    for (const { name, value, unit, floor, floorName, aim, met } of this.figures) {
      const ratio = floor === undefined ? '' : (value / floor).toFixed(2);
      const floorText = floor === undefined ? '' : `${round(floor)} ${unit} (${floorName})`;
      const aimText = aim === undefined ? '' : `${aim}: ${met ? 'met' : 'MISSED'}`;
      process.stdout.write(`| ${name} | ${round(value)} ${unit} | ${floorText} | ${ratio} | ${aimText} |\n`);
    }
    process.stdout.write(
      `${JSON.stringify({ bench: 'convex-embedded', cpus: process.env.BENCH_CPUS, figures: this.figures })}\n`,
    );
  }
}
