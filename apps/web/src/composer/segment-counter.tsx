import { segmentsOf } from '@patchline/domain/segments';
import classes from './segment-counter.module.css';

/** What a carrier takes in one text, in UTF-16 units. */
export const LONGEST_BODY = 1_600;

/** How long the text is as the carrier counts it. Read out only when it is too long. */
export function SegmentCounter({ body, withMedia = false }: { body: string; withMedia?: boolean }) {
  if (body.length > LONGEST_BODY) {
    return (
      <span className={classes.counter} data-over="" role="alert">
        {body.length - LONGEST_BODY} characters too long
      </span>
    );
  }
  // Pictures go as one MMS, whatever the length of the words.
  if (withMedia) return <span className={classes.counter}>Sent as MMS</span>;
  const { units, segments, perSegment, encoding } = segmentsOf(body);
  if (segments === 0) return null;
  const wide = encoding === 'UCS-2' ? 'A character outside the basic alphabet makes segments shorter: 70.' : undefined;
  return (
    <span className={classes.counter} title={wide}>
      {units} of {segments * perSegment}, {segments === 1 ? '1 segment' : `${segments} segments`}
    </span>
  );
}
