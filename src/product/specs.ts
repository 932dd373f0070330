import type { ProductUpdated, Spec, SpecOption } from '../message/product-updated.ts';
import type { Json, SpecDocument, SpecOptionDocument } from './document.ts';
import { byListOrder, lastOfEach, type Placed, pathOf } from './order.ts';
import { type Warn, warnOfNull } from './warnings.ts';

/** The specs of a product document with their options. */
export function toSpecs(product: ProductUpdated, warn: Warn): SpecDocument[] {
  const specs = lastOfEach(product.Specs, {
    list: 'Specs',
    keyOf: (spec) => spec.ID,
    onDuplicate: (place) =>
      warn('duplicate-spec', () => pathOf(place), 'The same spec again; the last is kept.'),
    onNull: warnOfNull(warn),
  });
  if ((product.SpecCount ?? specs.length) !== specs.length) {
    warn(
      'spec-count-mismatch',
      'SpecCount',
      `It says ${product.SpecCount}; the message carries ${specs.length}.`,
    );
  }
  return specs.map((spec) => toSpec(spec, warn)).sort(byListOrder);
}

function toSpec(placed: Placed<Spec>, warn: Warn): SpecDocument {
  const { item: spec } = placed;
  const defaultOptionId = spec.DefaultOptionID || null;
  const options = lastOfEach(spec.Options, {
    list: 'Options',
    keyOf: (option) => option.ID,
    onDuplicate: (place) =>
      warn(
        'duplicate-option',
        () => `${pathOf(placed)}.${pathOf(place)}`,
        'The same option again; the last is kept.',
      ),
    onNull: warnOfNull(warn, () => pathOf(placed)),
  });
  if ((spec.OptionCount ?? options.length) !== options.length) {
    warn(
      'option-count-mismatch',
      () => `${pathOf(placed)}.OptionCount`,
      `It says ${spec.OptionCount}; the message carries ${options.length}.`,
    );
  }
  if (defaultOptionId !== null && !options.some(({ item }) => item.ID === defaultOptionId)) {
    warn(
      'default-option-missing',
      () => `${pathOf(placed)}.DefaultOptionID`,
      'It names none of the options.',
    );
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
    options: options.map(({ item }) => toOption(item, defaultOptionId)).sort(byListOrder),
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
