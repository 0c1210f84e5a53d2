import {
  Button,
  createTheme,
  Drawer,
  Kbd,
  type MantineColorsTuple,
  Menu,
  Modal,
  NativeSelect,
  Notification,
  PasswordInput,
  SegmentedControl,
  Switch,
  Textarea,
  TextInput,
  Tooltip,
} from '@mantine/core';
import parts from './parts.module.css';
import { variantColors } from './variant-colors.ts';

const petrol: MantineColorsTuple = [
  '#e2f0f1',
  '#c6e2e5',
  '#a9d0d4',
  '#78d2da',
  '#56c0ca',
  '#2f9aa5',
  '#17828d',
  '#0b6b75',
  '#08565e',
  '#053f45',
];

const dark: MantineColorsTuple = [
  '#e7ecea',
  '#b0b9b6',
  '#919b98',
  '#6c7776',
  '#363e3e',
  '#272e2e',
  '#1c2121',
  '#151919',
  '#111515',
  '#0d1010',
];

const field = { input: parts.input, label: parts.label, description: parts.hint, error: parts.hint };

/** The design's Mantine theme. Colours that Mantine has no word for stay CSS variables (tokens.css) and are read by name. */
export const theme = createTheme({
  primaryColor: 'petrol',
  primaryShade: { light: 7, dark: 4 },
  colors: { petrol, dark },
  white: '#ffffff',
  black: '#1b1f1e',
  variantColorResolver: variantColors,
  autoContrast: true,
  luminanceThreshold: 0.3,
  fontFamily: 'var(--font)',
  fontFamilyMonospace: 'var(--mono)',
  headings: {
    fontWeight: '620',
    sizes: {
      h1: { fontSize: '20px', lineHeight: '26px' },
      h2: { fontSize: '14px', lineHeight: '20px' },
      h3: { fontSize: '12px', lineHeight: '16px' },
    },
  },
  fontSizes: { xs: '11px', sm: '12px', md: '13px', lg: '14px', xl: '16px' },
  lineHeights: { xs: '1.27', sm: '1.33', md: '1.46', lg: '1.43', xl: '1.38' },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  radius: { xs: '4px', sm: '6px', md: '10px', lg: '14px', xl: '999px' },
  defaultRadius: 'sm',
  shadows: { xs: 'var(--e1)', md: 'var(--e2)', xl: 'var(--e3)' },
  focusRing: 'auto',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: Button.extend({ defaultProps: { size: 'xs' }, classNames: { root: parts.button } }),
    TextInput: TextInput.extend({ classNames: field }),
    PasswordInput: PasswordInput.extend({ classNames: field }),
    NativeSelect: NativeSelect.extend({ classNames: field }),
    Textarea: Textarea.extend({ classNames: field }),
    Notification: Notification.extend({ defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } }),
    Kbd: Kbd.extend({ classNames: { root: parts.kbd } }),
    Modal: Modal.extend({
      // Its head is a <header>; a page has one banner, and that is the top bar.
      defaultProps: {
        shadow: 'xl',
        transitionProps: { transition: 'fade', duration: 140 },
        attributes: { header: { role: 'presentation' } },
      },
      classNames: { title: parts.modalTitle, content: parts.modalContent, header: parts.modalContent },
    }),
    Drawer: Drawer.extend({
      defaultProps: { attributes: { header: { role: 'presentation' } } },
      classNames: { title: parts.modalTitle },
    }),
    Switch: Switch.extend({ defaultProps: { withThumbIndicator: false }, classNames: { track: parts.track } }),
    SegmentedControl: SegmentedControl.extend({
      classNames: { root: parts.segments, label: parts.segment, indicator: parts.segmentOn },
    }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 400, withinPortal: true } }),
    Menu: Menu.extend({
      defaultProps: { shadow: 'xl', transitionProps: { transition: 'fade', duration: 140 } },
      classNames: { item: parts.menuItem },
    }),
  },
});
