/** Every time zone that this browser knows, by its IANA name. */
export const TIME_ZONES: string[] = [...Intl.supportedValuesOf('timeZone'), 'UTC'].filter(
  (zone, place, all) => all.indexOf(zone) === place,
);
