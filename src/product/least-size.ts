import type { ProductUpdated } from '../message/product-updated.ts';
import type { CategoryDocument, SpecDocument } from './document.ts';

// The shortest that a category and a spec of a document can be as JSON, each with the comma or bracket behind it.
const CATEGORY: CategoryDocument = { id: '', name: '', active: true, listOrder: 0 };
const SPEC: SpecDocument = {
  id: '',
  name: '',
  listOrder: 0,
  required: true,
  allowOpenText: true,
  definesVariant: true,
  defaultValue: '',
  defaultOptionId: '',
  options: [],
  xp: 0,
};
const CATEGORY_BYTES = JSON.stringify(CATEGORY).length + 1;
const SPEC_BYTES = JSON.stringify(SPEC).length + 1;

/**
 * Whether a message has so many categories or specs that its document has more than `limit` bytes of JSON, however
 * short each of them is. It stops counting there: a message can hold many times as many, and to make a document of
 * them, and sort it, would take far longer than to read them. False says nothing: the document has to be measured.
 */
export function hasTooManyItems(limit: number, { Categories, Specs }: ProductUpdated): boolean {
  return hasMoreThan(limit / CATEGORY_BYTES, Categories) || hasMoreThan(limit / SPEC_BYTES, Specs);
}

/** Whether a list has more than `most` items with IDs of their own. */
function hasMoreThan(most: number, items: readonly { ID: string }[] | null | undefined): boolean {
  if (!items || items.length <= most) return false;
  const ids = new Set<string>();
  for (const { ID } of items) {
    ids.add(ID);
    if (ids.size > most) return true;
  }
  return false;
}
