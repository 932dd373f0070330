import type { Notes } from './notes.ts';
import { type Asked, idKey } from './read-context.ts';
import type { SpecSelection, StoredOption, StoredSpec } from './types.ts';

/** What an option adds to the price. */
export type Markup = StoredOption['priceMarkup'];

/**
 * E. The markups of what was selected, and of default options (working-with-specs.mdx). What is wrong with a selection
 * is a reason (ErrorCodes.cs), and left out of the price. Specs that the product does not have are ignored.
 */
export function markupsOf(specs: readonly StoredSpec[], asked: Asked, notes: Notes): Markup[] {
  notes.doubtIf(
    specs.some(({ definesVariant }) => definesVariant === true),
    'variant-unknown',
  );
  const markups = specs.map((spec) => {
    const key = idKey(spec.id);
    const selection = asked.specs.find(({ specId }) => specId === key);
    return markupOf(spec, selection, notes);
  });
  return markups.filter((markup) => markup !== null);
}

function markupOf(spec: StoredSpec, selection: SpecSelection | undefined, notes: Notes): Markup | null {
  const text = selection?.value ?? null;
  const isFreeText = !selection?.optionId && text !== null && spec.allowOpenText === true;
  const option = isFreeText ? undefined : optionOf(spec, selection);
  if (option === undefined) {
    const isUnknown = Boolean(selection?.optionId);
    notes.reasonIf(isUnknown, 'Spec.OptionNotFound');
    notes.reasonIf(
      !isUnknown && !isFreeText && spec.required === true && !spec.defaultValue,
      'Spec.OneOrMoreRequiresValue',
    );
    return null;
  }
  const isImplied = selection === undefined && spec.required !== true;
  notes.doubtIf(isImplied && costs(option.priceMarkup), 'default-option-implied');
  const isTextMissing = option.isOpenText === true && text === null && !spec.defaultValue;
  notes.reasonIf(isTextMissing, 'Spec.RequiresValue');
  return isTextMissing ? null : option.priceMarkup;
}

/**
 * The option selected; where none is, the default one: "If no Spec.OptionID is passed in the line item spec, this option
 * will be used" (working-with-specs.mdx). Whether that holds for a line that does not name the spec is not published.
 */
function optionOf(spec: StoredSpec, selection: SpecSelection | undefined): StoredOption | undefined {
  const wanted = selection?.optionId ?? idKey(spec.defaultOptionId);
  return wanted === null ? undefined : spec.options.find(({ id }) => idKey(id) === wanted);
}

/** Whether a markup changes a price. */
export function costs({ type, amount }: Markup): boolean {
  return type !== 'none' && amount !== 0;
}
