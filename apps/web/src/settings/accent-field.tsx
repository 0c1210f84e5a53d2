import { useId } from 'react';
import classes from './accent-field.module.css';

/** Petrol is the design's own; the others are told apart by eye and by name. */
const ACCENTS: ReadonlyArray<{ value: string | null; name: string; shown: string }> = [
  { value: null, name: 'Petrol', shown: '#0b6b75' },
  { value: '#1d5bb8', name: 'Blue', shown: '#1d5bb8' },
  { value: '#4b45b5', name: 'Indigo', shown: '#4b45b5' },
  { value: '#7a2f8f', name: 'Plum', shown: '#7a2f8f' },
  { value: '#a82452', name: 'Raspberry', shown: '#a82452' },
  { value: '#a8480c', name: 'Rust', shown: '#a8480c' },
  { value: '#1a7440', name: 'Green', shown: '#1a7440' },
  { value: '#4a545c', name: 'Slate', shown: '#4a545c' },
];

interface Props {
  value: string | null;
  onChange: (value: string | null) => void;
  error?: string;
}

/** The company's colour. Whatever is chosen is made light or dark enough to read where it is used. */
export function AccentField({ value, onChange, error }: Props) {
  const id = useId();
  const own = value !== null && ACCENTS.every((accent) => accent.value !== value);
  return (
    <fieldset className={classes.field} aria-describedby={`${id}-help`}>
      <legend className={classes.legend}>Colour</legend>
      <p className={classes.help} id={`${id}-help`}>
        Buttons, links and marks of the desk, for everybody here.
      </p>
      <div className={classes.swatches}>
        {ACCENTS.map((accent) => (
          <label key={accent.name} className={classes.swatch} style={{ background: accent.shown }} title={accent.name}>
            <input type="radio" name={id} checked={accent.value === value} onChange={() => onChange(accent.value)} />
            <span className="sr-only">{accent.name}</span>
          </label>
        ))}
        <label className={classes.own} data-on={own || undefined}>
          <span>Other</span>
          <input
            type="color"
            value={value ?? '#0b6b75'}
            onChange={(event) => onChange(event.currentTarget.value)}
            aria-label="Other colour"
          />
        </label>
      </div>
      {error && <p className={classes.error}>{error}</p>}
    </fieldset>
  );
}
