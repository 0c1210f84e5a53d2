import { defaultVariantColorsResolver, type VariantColorsResolver } from '@mantine/core';

/** Button colours by role. Mantine would compute them from the light palette only; our dark theme is designed on its own. */
export const variantColors: VariantColorsResolver = (input) => {
  const red = input.color === 'red';
  if (input.variant === 'filled' && !red) {
    return {
      background: 'var(--accent)',
      hover: 'var(--accent-hover)',
      color: 'var(--on-accent)',
      border: '1px solid transparent',
    };
  }
  if (input.variant === 'filled') {
    return {
      background: 'var(--red-fill)',
      hover: 'var(--red-fill)',
      color: '#ffffff',
      border: '1px solid transparent',
    };
  }
  if (input.variant === 'subtle') {
    return {
      background: 'transparent',
      hover: 'var(--hover)',
      color: red ? 'var(--red)' : input.color === 'gray' ? 'var(--text-2)' : 'var(--accent-text)',
      border: '1px solid transparent',
    };
  }
  return defaultVariantColorsResolver(input);
};
