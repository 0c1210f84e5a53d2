import { z } from 'zod';

/** An id in an address or a body. One that is malformed is answered like one that does not exist. */
export const uuid = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i, 'not an id')
  .toLowerCase();
