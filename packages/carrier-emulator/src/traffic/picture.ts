import { crc32, deflateSync } from 'node:zlib';
import { chance } from '../random.ts';

const WIDTH = 320;
const HEIGHT = 240;
const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** A picture as a phone might send it: a wall with a stain, in colours that depend on the seed. PNG. */
export function drawPicture(seed: number, index: number): Buffer {
  const roll = (what: string) => chance(seed, `picture ${what}`, index);
  const wall = [190 + roll('red') * 50, 185 + roll('green') * 50, 170 + roll('blue') * 50];
  const x0 = WIDTH * (0.3 + roll('x') * 0.4);
  const y0 = HEIGHT * (0.3 + roll('y') * 0.4);
  const radius = 35 + roll('radius') * 40;
  const rows = Buffer.alloc((WIDTH * 3 + 1) * HEIGHT);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const angle = Math.atan2(y - y0, x - x0);
      const edge = radius * (1 + 0.18 * Math.sin(angle * 5 + roll('shape') * 6));
      const inside = Math.hypot(x - x0, (y - y0) * 1.3) < edge;
      const shade = (inside ? 0.62 : 1) * (1 - 0.25 * (y / HEIGHT));
      const at = y * (WIDTH * 3 + 1) + 1 + x * 3;
      for (let c = 0; c < 3; c++) rows[at + c] = Math.round((wall[c] ?? 0) * shade);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(WIDTH, 0);
  header.writeUInt32BE(HEIGHT, 4);
  // 8 bits a channel, red, green and blue.
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
