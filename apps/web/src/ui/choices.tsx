import { useId } from 'react';
import classes from './choices.module.css';

interface Props<T extends string> {
  legend: string;
  value: T;
  onChange: (value: T) => void;
  choices: ReadonlyArray<{ value: T; label: string; words: string }>;
}

/** One of a few, each with a sentence of what it means. */
export function Choices<T extends string>({ legend, value, onChange, choices }: Props<T>) {
  const id = useId();
  return (
    <fieldset className={classes.choices}>
      <legend className={classes.legend}>{legend}</legend>
      {choices.map((choice) => (
        <label key={choice.value} className={classes.choice}>
          <input
            type="radio"
            name={id}
            checked={choice.value === value}
            onChange={() => onChange(choice.value)}
            aria-describedby={`${id}-${choice.value}`}
          />
          <span className={classes.label}>{choice.label}</span>
          <span className={classes.words} id={`${id}-${choice.value}`}>
            {choice.words}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
