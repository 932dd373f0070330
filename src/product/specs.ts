import type { ProductUpdated, Spec, SpecOption } from '../message/product-updated.ts';
import type { Json, SpecDocument, SpecOptionDocument } from './document.ts';
import { byId, byListOrder, lastOfEach, sorted } from './lists.ts';
import type { Warn } from './warnings.ts';

const SPECS = byId('duplicate-spec', 'spec');
const OPTIONS = byId('duplicate-option', 'option');

/** The specs of a product document with their options. */
export function toSpecs(product: ProductUpdated, warn: Warn): SpecDocument[] {
  const specs = lastOfEach({ items: product.Specs, path: 'Specs' }, SPECS, warn);
  if ((product.SpecCount ?? specs.length) !== specs.length) {
    warn(
      'spec-count-mismatch',
      'SpecCount',
      `It says ${product.SpecCount}; the message carries ${specs.length}.`,
    );
  }
  const documents = specs.map(({ item, index }) => toSpec(item, `Specs[${index}]`, warn));
  return sorted(documents, byListOrder);
}

function toSpec(spec: Spec, path: string, warn: Warn): SpecDocument {
  const defaultOptionId = spec.DefaultOptionID || null;
  const options = lastOfEach({ items: spec.Options, path: `${path}.Options` }, OPTIONS, warn);
  if ((spec.OptionCount ?? options.length) !== options.length) {
    warn(
      'option-count-mismatch',
      `${path}.OptionCount`,
      `It says ${spec.OptionCount}; the message carries ${options.length}.`,
    );
  }
  if (defaultOptionId !== null && !options.some(({ item }) => item.ID === defaultOptionId)) {
    warn('default-option-missing', `${path}.DefaultOptionID`, 'It names none of the options.');
  }
  return {
    id: spec.ID,
    name: spec.Name ?? null,
    listOrder: spec.ListOrder ?? null,
    required: spec.Required ?? null,
    allowOpenText: spec.AllowOpenText ?? null,
    definesVariant: spec.DefinesVariant ?? null,
    defaultValue: spec.DefaultValue ?? null,
    defaultOptionId,
    options: sorted(
      options.map(({ item }) => toOption(item, defaultOptionId)),
      byListOrder,
    ),
    xp: (spec.xp ?? null) as Json,
  };
}

function toOption(option: SpecOption, defaultOptionId: string | null): SpecOptionDocument {
  return {
    id: option.ID,
    value: option.Value ?? null,
    listOrder: option.ListOrder ?? null,
    isOpenText: option.IsOpenText ?? null,
    isDefault: option.ID === defaultOptionId,
    priceMarkup: { type: option.PriceMarkupType ?? 'none', amount: option.PriceMarkup ?? 0 },
    xp: (option.xp ?? null) as Json,
  };
}
