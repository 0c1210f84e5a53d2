const STEP = 60;
const COLUMNS = [0, 1, 2, 3, 4, 5, 6, 7];
const ROWS = [0, 1, 2, 3, 4, 5, 6, 7, 8];

interface Cord {
  from: [number, number];
  to: [number, number];
  colour: string;
}

const CORDS: Cord[] = [
  { from: [1, 1], to: [4, 4], colour: 'var(--c1)' },
  { from: [3, 0], to: [6, 2], colour: 'var(--c2)' },
  { from: [0, 3], to: [5, 5], colour: 'var(--c3)' },
];

const x = (column: number) => 70 + column * STEP;
const y = (row: number) => 70 + row * STEP;

/** A cord hangs: each end falls straight down before it bends, the longer one lower. */
function hang({ from, to }: Cord): string {
  const drop = 150;
  return `M${x(from[0])} ${y(from[1])} C ${x(from[0])} ${y(from[1]) + drop}, ${x(to[0])} ${y(to[1]) + drop}, ${x(to[0])} ${y(to[1])}`;
}

/** The switchboard: jacks and three patched cords. The one ornament of the product, where nobody is working. */
export function Cords() {
  const plugged = new Map(CORDS.flatMap((cord) => [cord.from, cord.to].map((end) => [end.join(), cord.colour])));
  return (
    <svg viewBox="0 0 560 600" preserveAspectRatio="xMidYMid meet" aria-hidden="true" width="100%" height="100%">
      {ROWS.flatMap((row) =>
        COLUMNS.map((column) => {
          const colour = plugged.get(`${column},${row}`);
          return (
            <g key={`${column}-${row}`}>
              <circle cx={x(column)} cy={y(row)} r="9" fill="none" stroke="var(--line-strong)" strokeWidth="1.5" />
              <circle cx={x(column)} cy={y(row)} r={colour ? 5 : 3} fill={colour ?? 'var(--line-strong)'} />
            </g>
          );
        }),
      )}
      {CORDS.map((cord) => (
        <path
          key={cord.colour}
          d={hang(cord)}
          fill="none"
          stroke={cord.colour}
          strokeWidth="3.5"
          strokeLinecap="round"
        />
      ))}
    </svg>
  );
}
