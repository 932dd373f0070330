import { readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { ProductItem } from '../src/product/document.ts';
import { DeadLetter } from '../src/store/dead-letter.ts';
import { openApi } from './openapi/openapi.ts';

// Writes the JSON Schemas of what is stored, and the OpenAPI of the HTTP side, into docs/; with --check only says
// whether they are current.
const schemaOf = (title: string, schema: z.ZodType) => ({
  title,
  ...z.toJSONSchema(schema, { io: 'input' }),
});
const documents = {
  'docs/product-document.schema.json': schemaOf('An item of the products container', ProductItem),
  'docs/dead-letter.schema.json': schemaOf('An item of the dead-letters container', DeadLetter),
  'docs/openapi.json': openApi(),
};

for (const [file, document] of Object.entries(documents)) {
  const generated = `${JSON.stringify(document, null, 2)}\n`;
  if (!process.argv.includes('--check')) {
    await writeFile(file, generated);
    console.log(`${file} written`);
  } else if ((await readFile(file, 'utf8').catch(() => '')) !== generated) {
    console.error(`${file} is not current: run npm run schema`);
    process.exitCode = 1;
  }
}
