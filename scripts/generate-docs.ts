/** `npm run docs:generate`: writes every file that is made from the code. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { GENERATED_FILES } from './generate/generated-files.ts';

const root = path.resolve(import.meta.dirname, '..');

for (const file of GENERATED_FILES) {
  const place = path.join(root, file.path);
  const made = await file.make(root);
  const same = existsSync(place) && readFileSync(place, 'utf8') === made;
  if (!same) {
    mkdirSync(path.dirname(place), { recursive: true });
    writeFileSync(place, made);
  }
  console.log(`${same ? 'current' : 'written'}  ${file.path}`);
}
