import { Checkbox } from '@mantine/core';
import { aboutPermission, type Permission } from '@patchline/contracts/permissions';
import classes from './api-keys.module.css';

interface Props {
  of: readonly Permission[];
  value: readonly Permission[];
  onChange: (value: Permission[]) => void;
}

/** Permissions to tick, in words, under their headings. */
export function ScopesField({ of, value, onChange }: Props) {
  const groups = [...new Set(of.map((each) => aboutPermission(each).group))];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard.
    <section className={classes.groups} aria-label="What the key may do" tabIndex={0}>
      {groups.map((group) => (
        <fieldset key={group} className={classes.group}>
          <legend>{group}</legend>
          {of
            .filter((each) => aboutPermission(each).group === group)
            .map((each) => (
              <Checkbox
                key={each}
                size="xs"
                label={aboutPermission(each).words}
                checked={value.includes(each)}
                onChange={(event) =>
                  onChange(event.currentTarget.checked ? [...value, each] : value.filter((other) => other !== each))
                }
              />
            ))}
        </fieldset>
      ))}
    </section>
  );
}
