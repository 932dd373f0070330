import { readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { ProductItem } from '../src/product/document.ts';
import { DeadLetter } from '../src/store/dead-letter.ts';

// Writes the JSON Schemas of what is stored into docs/; with --check only says whether they are current.
const schemas = [
  {
    file: 'docs/product-document.schema.json',
    title: 'An item of the products container',
    schema: ProductItem,
  },
  {
    file: 'docs/dead-letter.schema.json',
    title: 'An item of the dead-letters container',
    schema: DeadLetter,
  },
];

for (const { file, title, schema } of schemas) {
  const generated = `${JSON.stringify({ title, ...z.toJSONSchema(schema, { io: 'input' }) }, null, 2)}\n`;
  if (!process.argv.includes('--check')) {
    await writeFile(file, generated);
    console.log(`${file} written`);
  } else if ((await readFile(file, 'utf8').catch(() => '')) !== generated) {
    console.error(`${file} is not current: run npm run schema`);
    process.exitCode = 1;
  }
}
